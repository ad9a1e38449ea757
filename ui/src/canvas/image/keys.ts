/**
 * What a key press means to the image canvas: the editor's own keys, Tab through the annotations, delete.
 * Shared by the stage itself and by the page, which passes keys on while nothing else has the focus.
 */
import type { AnswerDocument } from "../document/document";
import type { ImageEditor } from "../tools/editor";
import type { KeyPress } from "../taxonomy/hotkeys";

/** True when the key was for the canvas. */
export function imageKey(editor: ImageEditor, document: AnswerDocument, press: KeyPress): boolean {
  if (press.ctrlKey || press.metaKey) return false;
  if (press.key === "Tab" && !press.altKey) {
    const found = document.cycle(press.shiftKey ? -1 : 1);
    const { selected } = document.getState();
    if (selected) editor.reveal(selected);
    return found;
  }
  const input = { key: press.key, shift: press.shiftKey, alt: press.altKey, ctrl: false };
  if (editor.key(input)) return true;
  if (press.key === "Delete" || press.key === "Backspace") return document.removeSelected();
  return false;
}
