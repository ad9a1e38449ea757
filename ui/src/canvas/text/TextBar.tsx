/** The bar under the text: undo, what to do now, how long the selection is. */
import { useSyncExternalStore } from "react";
import type { AnswerDocument } from "../document/document";
import { HistoryButtons } from "../image/CanvasBar";
import css from "../image/canvas.module.css";
import type { TextEditor } from "./textEditor";

export function TextBar({
  editor,
  document,
  keyOf,
}: {
  editor: TextEditor;
  document: AnswerDocument;
  keyOf: (command: string) => string;
}) {
  const { anchor, caret, label } = useSyncExternalStore(editor.subscribe, editor.getState);
  const selected = Math.abs(editor.offsets.toCodePoint(anchor) - editor.offsets.toCodePoint(caret));
  return (
    <div className={css.bar} role="toolbar" aria-label="Text">
      <HistoryButtons document={document} keyOf={keyOf} />
      <span className={css.hint}>{hintFor(editor, label, selected)}</span>
      <span className={css.place}>
        {selected > 0
          ? `${selected} selected`
          : `${editor.offsets.codePoints.toLocaleString()} characters`}
      </span>
    </div>
  );
}

function hintFor(editor: TextEditor, label: string | null, selected: number): string {
  if (!editor.hasLabels) return "";
  if (selected > 0) return "Press a label’s key to mark the selection";
  if (label !== null) return `Select text to mark it as “${label}”; Esc puts the label down`;
  return "Select text, then press a label’s key; with keys: arrows, Shift, Enter takes a word";
}
