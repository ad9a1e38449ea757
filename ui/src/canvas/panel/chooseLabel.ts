/** Takes up a label, or gives it to what is selected: the same for images and texts. */
import type { Taxonomy } from "~/api/types";
import { relabel } from "../document/answer";
import { attributesOf } from "../taxonomy/titles";
import type { TextEditor } from "../text/textEditor";
import type { ImageEditor } from "../tools/editor";

export function chooseLabel(
  editor: ImageEditor | TextEditor,
  taxonomy: Taxonomy,
  label: string,
): void {
  editor.chooseLabel(label, (uuid, name) =>
    editor.document.apply((answer) => relabel(answer, uuid, name, attributesOf(taxonomy, name))),
  );
}
