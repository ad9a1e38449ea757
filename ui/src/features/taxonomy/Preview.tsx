/** The taxonomy at work on a sample: the same canvas and panel as on the labelling page. */
import { useMemo, useRef } from "react";
import type { Media, Taxonomy } from "~/api/types";
import { EMPTY_ANSWER } from "~/canvas/document/answer";
import { AnswerDocument } from "~/canvas/document/document";
import { uuidV7 } from "~/canvas/document/uuid";
import { CanvasBar } from "~/canvas/image/CanvasBar";
import { ImageCanvas } from "~/canvas/image/ImageCanvas";
import { AnnotationList } from "~/canvas/panel/AnnotationList";
import { chooseLabel } from "~/canvas/panel/chooseLabel";
import { FieldsPanel } from "~/canvas/panel/FieldsPanel";
import { StagePalette } from "~/canvas/panel/StagePalette";
import { taxonomyHotkeys } from "~/canvas/taxonomy/hotkeys";
import { TextBar } from "~/canvas/text/TextBar";
import { TextCanvas } from "~/canvas/text/TextCanvas";
import { TextEditor } from "~/canvas/text/textEditor";
import { ImageEditor } from "~/canvas/tools/editor";
import sample from "./sample.svg";
import css from "./taxonomy.module.css";

const SAMPLE_SIZE = { width: 640, height: 420 };
const SAMPLE_TEXT = `Ada Lovelace wrote to Charles Babbage from London on 2 January 1840.

“I hope you are bearing me in mind”, she said, and asked about the Analytical Engine. The Royal Society heard of it 😀 much later.`;
const NO_KEYS = () => "";

export function Preview({ taxonomy, media }: { taxonomy: Taxonomy; media: Media }) {
  const hotkeys = useMemo(() => taxonomyHotkeys(taxonomy), [taxonomy]);
  const document = useMemo(() => new AnswerDocument(EMPTY_ANSWER), []);
  const shape = JSON.stringify(taxonomy.labels.map(({ name, tools }) => ({ name, tools })));
  const editor = useMemo(() => {
    const labels: { name: string; tools: string[] }[] = JSON.parse(shape);
    return media === "image"
      ? new ImageEditor(document, labels, () => uuidV7())
      : new TextEditor(document, SAMPLE_TEXT, labels, () => uuidV7());
  }, [document, media, shape]);
  const frame = useRef<HTMLElement>(null);
  return (
    <section
      ref={frame}
      className={css.preview}
      aria-label="Preview"
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.target instanceof HTMLInputElement) return;
        if (event.target instanceof HTMLTextAreaElement) return;
        const target = hotkeys.get(event.key.toLowerCase());
        if (target?.kind !== "label") return;
        event.preventDefault();
        chooseLabel(editor, taxonomy, target.label);
      }}
    >
      <div className={css.previewStage}>
        {editor instanceof ImageEditor ? (
          <>
            <ImageCanvas
              editor={editor}
              document={document}
              taxonomy={taxonomy}
              src={sample}
              name="A sample"
              size={SAMPLE_SIZE}
              onFailed={() => undefined}
            />
            <CanvasBar editor={editor} document={document} keyOf={NO_KEYS} />
          </>
        ) : (
          <>
            <TextCanvas editor={editor} document={document} taxonomy={taxonomy} name="A sample" />
            <TextBar editor={editor} document={document} keyOf={NO_KEYS} />
          </>
        )}
      </div>
      <div className={css.previewPanel}>
        <StagePalette
          editor={editor}
          document={document}
          taxonomy={taxonomy}
          hotkeys={hotkeys}
          onChoose={(label) => chooseLabel(editor, taxonomy, label)}
        />
        <FieldsPanel document={document} taxonomy={taxonomy} hotkeys={hotkeys} problems={[]} />
        <AnnotationList
          document={document}
          taxonomy={taxonomy}
          problems={[]}
          onReveal={(uuid) => {
            if (editor instanceof ImageEditor) editor.reveal(uuid);
          }}
        />
      </div>
    </section>
  );
}
