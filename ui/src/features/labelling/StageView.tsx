/** Shows the stage: the image with its bar, the text, or why there is neither. Says what the editor says. */
import { Button } from "@mantine/core";
import { IconPhotoOff } from "@tabler/icons-react";
import { useSyncExternalStore, type RefObject } from "react";
import type { Asset } from "~/api/types";
import { CanvasBar } from "~/canvas/image/CanvasBar";
import { ImageCanvas } from "~/canvas/image/ImageCanvas";
import { TextBar } from "~/canvas/text/TextBar";
import { TextCanvas } from "~/canvas/text/TextCanvas";
import type { TextEditor } from "~/canvas/text/textEditor";
import type { ImageEditor } from "~/canvas/tools/editor";
import { EmptyState } from "~/components/Page";
import css from "./labelling.module.css";
import type { Work } from "./session/work";
import type { Stage } from "./stage";

export function StageView({
  stage,
  work,
  faulty,
  keyOf,
  stageRef,
  onFailed,
  onRetry,
  onSkip,
}: {
  stage: Stage;
  work: Pick<Work, "document" | "taxonomy"> & {
    task: { asset: Pick<Asset, "name" | "width" | "height"> };
  };
  faulty: ReadonlySet<string>;
  keyOf: (command: string) => string;
  stageRef: RefObject<HTMLDivElement | null>;
  onFailed: () => void;
  onRetry: () => void;
  /** Left out where nothing can be skipped. */
  onSkip?: () => void;
}) {
  const { document, taxonomy, task } = work;
  const { width, height, name } = task.asset;
  switch (stage.kind) {
    case "image":
      return (
        <>
          <ImageCanvas
            editor={stage.editor}
            document={document}
            taxonomy={taxonomy}
            src={stage.src}
            name={name}
            size={width && height ? { width, height } : null}
            faulty={faulty}
            stageRef={stageRef}
            onFailed={onFailed}
          />
          <Said editor={stage.editor} />
          <CanvasBar editor={stage.editor} document={document} keyOf={keyOf} />
        </>
      );
    case "text":
      return (
        <>
          <TextCanvas
            editor={stage.editor}
            document={document}
            taxonomy={taxonomy}
            name={name}
            stageRef={stageRef}
          />
          <Said editor={stage.editor} />
          <TextBar editor={stage.editor} document={document} keyOf={keyOf} />
        </>
      );
    case "failed":
      return (
        <div className={css.middle}>
          <EmptyState
            icon={<IconPhotoOff size={24} />}
            title={stage.message}
            actions={
              <>
                <Button onClick={onRetry}>Try again</Button>
                {onSkip !== undefined && (
                  <Button variant="default" onClick={onSkip}>
                    Skip it
                  </Button>
                )}
              </>
            }
          >
            {onSkip === undefined
              ? "Without it the asset cannot be answered."
              : "If it stays so, skip it as broken, so that a manager sees it."}
          </EmptyState>
        </div>
      );
  }
}

/** The last words of the editor, shown for a moment and read out. */
function Said({ editor }: { editor: ImageEditor | TextEditor }) {
  const message = useSyncExternalStore(editor.subscribe, () => editor.getState().message);
  return (
    <div className={css.saidHolder} role="status" aria-live="polite">
      {message.n > 0 && (
        <span key={message.n} className={css.said}>
          {message.text}
        </span>
      )}
    </div>
  );
}
