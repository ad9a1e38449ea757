/** The stage in the centre, image or text, behind one face: which commands and keys it takes. */
import { imageKey } from "~/canvas/image/keys";
import type { KeyPress } from "~/canvas/taxonomy/hotkeys";
import { textKey } from "~/canvas/text/TextCanvas";
import { TextEditor } from "~/canvas/text/textEditor";
import { ImageEditor } from "~/canvas/tools/editor";
import { uuidV7 } from "~/canvas/document/uuid";
import type { Content, Work } from "./session/work";

export type Stage =
  | { readonly kind: "image"; readonly editor: ImageEditor; readonly src: string }
  | { readonly kind: "text"; readonly editor: TextEditor }
  | { readonly kind: "failed"; readonly message: string };

export function makeStage(
  { document, taxonomy }: Pick<Work, "document" | "taxonomy">,
  content: Content,
): Stage {
  switch (content.kind) {
    case "image":
      return {
        kind: "image",
        editor: new ImageEditor(document, taxonomy.labels, () => uuidV7()),
        src: content.src,
      };
    case "text":
      return {
        kind: "text",
        editor: new TextEditor(document, content.text, taxonomy.labels, () => uuidV7()),
      };
    case "failed":
      return content;
  }
}

/** True when the command was one of the stage. */
export function runOnStage(stage: Stage, id: string): boolean {
  if (stage.kind !== "image") return false;
  const { editor } = stage;
  switch (id) {
    case "tool.select":
      editor.setTool("select");
      return true;
    case "tool.box":
      editor.setTool("box");
      return true;
    case "tool.polygon":
      editor.setTool("polygon");
      return true;
    case "hide":
      editor.toggleHidden();
      return true;
    case "opacity.less":
      editor.changeOpacity(-1);
      return true;
    case "opacity.more":
      editor.changeOpacity(1);
      return true;
    case "zoom.in":
      editor.zoom(1);
      return true;
    case "zoom.out":
      editor.zoom(-1);
      return true;
    case "zoom.fit":
      editor.fit();
      return true;
    case "zoom.actual":
      editor.actualSize();
      return true;
    default:
      return false;
  }
}

/** True when the stage took the key. */
export function keyOnStage(
  stage: Stage,
  work: Pick<Work, "document">,
  element: HTMLElement | null,
  press: KeyPress,
): boolean {
  switch (stage.kind) {
    case "image":
      return imageKey(stage.editor, work.document, press);
    case "text":
      return textKey(element, stage.editor, work.document, press);
    case "failed":
      return false;
  }
}
