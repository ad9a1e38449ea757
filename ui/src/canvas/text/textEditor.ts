/**
 * The text editor without a face: caret and selection in UTF-16 units, the label taken up, and the changes
 * to spans. Spans themselves are stored in code points. Knows no DOM: moves by visual line come in from outside.
 */
import {
  addAnnotation,
  isSpan,
  removeAnnotation,
  replaceAnnotation,
  type SpanAnnotation,
} from "../document/answer";
import type { AnswerDocument } from "../document/document";
import type { KeyPress } from "../taxonomy/hotkeys";
import { moveCaret, wordAt, type CaretMove } from "./caret";
import { TextOffsets, trimmedRange } from "./offsets";

export interface TextEditorState {
  readonly anchor: number;
  readonly caret: number;
  /** The caret is shown and led by keys. */
  readonly byKeyboard: boolean;
  /** Marks whatever is selected next. */
  readonly label: string | null;
  readonly message: { readonly text: string; readonly n: number };
}

/** What the view must do after a key, because only it knows where lines break. */
export type KeyResult = "no" | "done" | { readonly line: "up" | "down"; readonly extend: boolean };

export class TextEditor {
  readonly offsets: TextOffsets;
  private state: TextEditorState = {
    anchor: 0,
    caret: 0,
    byKeyboard: false,
    label: null,
    message: { text: "", n: 0 },
  };
  private readonly listeners = new Set<() => void>();

  constructor(
    readonly document: AnswerDocument,
    readonly text: string,
    private readonly labels: readonly {
      readonly name: string;
      readonly tools: readonly string[];
    }[],
    private readonly newUuid: () => string,
  ) {
    this.offsets = new TextOffsets(text);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getState = (): TextEditorState => this.state;

  get hasLabels(): boolean {
    return this.labels.length > 0;
  }

  get range(): { start: number; end: number } | null {
    const { anchor, caret } = this.state;
    return anchor === caret
      ? null
      : { start: Math.min(anchor, caret), end: Math.max(anchor, caret) };
  }

  /** A selection made with the mouse. With a label taken up it becomes a span at once. */
  selectRange(anchor: number, caret: number): void {
    this.update({ anchor, caret, byKeyboard: false });
    if (this.state.label !== null && this.range) this.mark(this.state.label);
  }

  /** A click: the shortest span there, else the caret goes there. */
  clickAt(unit: number): void {
    const point = this.offsets.toCodePoint(unit);
    const hit = this.document.answer.annotations
      .filter(isSpan)
      .filter((span) => span.start <= point && point < span.end)
      .toSorted((a, b) => a.end - a.start - (b.end - b.start))[0];
    this.document.select(hit?.uuid ?? null);
    this.update({ anchor: unit, caret: unit, byKeyboard: false });
  }

  /** The view moved the caret by a line. */
  caretMoved(unit: number, extend: boolean): void {
    this.moveTo(unit, extend);
  }

  /**
   * A label's key or button: marks the selection, or renames the selected span, or is taken up for the next
   * selection (and put down when it was taken up already).
   */
  chooseLabel(name: string, relabelSelected: (uuid: string, label: string) => void): void {
    if (!this.labels.some((label) => label.name === name && label.tools.includes("span"))) return;
    const { selection } = this.document;
    if (this.range) this.mark(name);
    else if (selection) relabelSelected(selection.uuid, name);
    else this.update({ label: this.state.label === name ? null : name });
  }

  key(press: KeyPress): KeyResult {
    if (press.key === "Escape") return this.escape();
    if (press.key === "Enter" && !press.ctrlKey && !press.metaKey) return this.takeWord();
    if (press.key === "Delete" || press.key === "Backspace") {
      return this.document.removeSelected() ? "done" : "no";
    }
    if (press.altKey) return this.stretch(press);
    if (press.key === "ArrowUp" || press.key === "ArrowDown") {
      if (press.ctrlKey || press.metaKey) return "no";
      return { line: press.key === "ArrowUp" ? "up" : "down", extend: press.shiftKey };
    }
    const move = caretMove(press);
    if (!move) return "no";
    const { selection } = this.document;
    const { anchor, caret } = this.state;
    // From a selected span the caret starts at its border.
    const from =
      !this.state.byKeyboard && anchor === caret && selection && isSpan(selection)
        ? this.offsets.toUnit(selection.start)
        : caret;
    this.moveTo(moveCaret(this.text, from, move), press.shiftKey, from);
    return "done";
  }

  private moveTo(unit: number, extend: boolean, from = this.state.caret): void {
    this.document.select(null);
    const anchor = extend
      ? this.state.anchor === this.state.caret
        ? from
        : this.state.anchor
      : unit;
    this.update({ anchor, caret: unit, byKeyboard: true });
  }

  private escape(): KeyResult {
    if (this.range) this.update({ anchor: this.state.caret });
    else if (this.document.selection) this.document.select(null);
    else if (this.state.label !== null) this.update({ label: null });
    else return "no";
    return "done";
  }

  private takeWord(): KeyResult {
    if (this.range) {
      if (this.state.label === null) return "no";
      this.mark(this.state.label);
      return "done";
    }
    const word = wordAt(this.text, this.state.caret);
    if (!word) return "no";
    this.document.select(null);
    this.update({ anchor: word.start, caret: word.end, byKeyboard: true });
    if (this.state.label !== null) this.mark(this.state.label);
    return "done";
  }

  /** Alt with an arrow moves the end of the selected span, with shift its start. */
  private stretch(press: KeyPress): KeyResult {
    const { selection } = this.document;
    const move = press.key === "ArrowLeft" ? "left" : press.key === "ArrowRight" ? "right" : null;
    if (!move || !selection || !isSpan(selection)) return "no";
    const start = this.offsets.toUnit(selection.start);
    const end = this.offsets.toUnit(selection.end);
    const by = press.ctrlKey ? (`word-${move}` as const) : move;
    const next = press.shiftKey
      ? { start: moveCaret(this.text, start, by), end }
      : { start, end: moveCaret(this.text, end, by) };
    if (next.start < next.end) {
      const span = this.span(next, selection);
      this.document.apply((answer) => replaceAnnotation(answer, span), `stretch ${span.uuid}`);
    }
    return "done";
  }

  private mark(label: string): void {
    const { range } = this;
    const trimmed = range && trimmedRange(this.text, range.start, range.end);
    if (!trimmed) {
      this.say("There is only white space in the selection.");
      return;
    }
    const span = this.span(trimmed, { uuid: this.newUuid(), label, attributes: {} });
    const same = this.document.answer.annotations
      .filter(isSpan)
      .find((o) => o.start === span.start && o.end === span.end && o.label === label);
    this.update({ anchor: trimmed.end, caret: trimmed.end });
    if (same) {
      this.document.select(same.uuid);
      this.say("This is marked with that label already.");
      return;
    }
    this.document.apply((answer) => addAnnotation(answer, span));
    this.document.select(span.uuid);
  }

  removeSpan(uuid: string): void {
    this.document.apply((answer) => removeAnnotation(answer, uuid));
  }

  private span(
    { start, end }: { start: number; end: number },
    rest: Pick<SpanAnnotation, "uuid" | "label" | "attributes">,
  ): SpanAnnotation {
    return {
      uuid: rest.uuid,
      type: "span",
      label: rest.label,
      start: this.offsets.toCodePoint(start),
      end: this.offsets.toCodePoint(end),
      text: this.text.slice(start, end),
      attributes: rest.attributes,
    };
  }

  private say(text: string): void {
    this.update({ message: { text, n: this.state.message.n + 1 } });
  }

  private update(change: Partial<TextEditorState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of [...this.listeners]) listener();
  }
}

function caretMove(press: KeyPress): CaretMove | null {
  const far = press.ctrlKey || press.metaKey;
  switch (press.key) {
    case "ArrowLeft":
      return far ? "word-left" : "left";
    case "ArrowRight":
      return far ? "word-right" : "right";
    case "Home":
      return far ? "start" : "line-start";
    case "End":
      return far ? "end" : "line-end";
    default:
      return null;
  }
}
