/**
 * The one answer that is being worked on: its history, which annotation is selected, and who listens.
 * The canvas, the text view and the panel all change the answer through this, so undo covers everything.
 */
import { findAnnotation, removeAnnotation, type Annotation, type Answer } from "./answer";
import {
  canRedo,
  canUndo,
  commit,
  redo,
  sealed,
  startHistory,
  undo,
  type History,
} from "./history";

export interface DocumentState {
  readonly answer: Answer;
  readonly selected: string | null;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

export class AnswerDocument {
  /** Only to look at: the canvases offer nothing that would change it. */
  readonly readOnly: boolean = false;
  private history: History<Answer>;
  private selected: string | null = null;
  private snapshot: DocumentState;
  private readonly listeners = new Set<() => void>();

  constructor(answer: Answer) {
    this.history = startHistory(answer);
    this.snapshot = this.makeSnapshot();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getState = (): DocumentState => this.snapshot;

  get answer(): Answer {
    return this.history.present;
  }

  get selection(): Annotation | null {
    return findAnnotation(this.answer, this.selected);
  }

  /** One step of history; the same `mergeKey` as the step before extends that step. */
  apply(change: (answer: Answer) => Answer, mergeKey: string | null = null): void {
    this.moveTo(commit(this.history, change(this.answer), mergeKey));
  }

  seal(): void {
    this.history = sealed(this.history);
  }

  select(uuid: string | null): void {
    if (uuid === this.selected) return;
    this.selected = uuid;
    this.history = sealed(this.history);
    this.publish();
  }

  /** Selects the next or previous annotation; false when there is none in that direction, and then none is selected. */
  cycle(direction: 1 | -1): boolean {
    const { annotations } = this.answer;
    const at = annotations.findIndex((annotation) => annotation.uuid === this.selected);
    const from = at >= 0 ? at : direction === 1 ? -1 : annotations.length;
    const next = annotations[from + direction];
    this.select(next?.uuid ?? null);
    return next !== undefined;
  }

  removeSelected(): boolean {
    const { selection } = this;
    if (!selection) return false;
    this.apply((answer) => removeAnnotation(answer, selection.uuid));
    return true;
  }

  undo(): void {
    this.moveTo(undo(this.history));
  }

  redo(): void {
    this.moveTo(redo(this.history));
  }

  private moveTo(history: History<Answer>): void {
    if (history === this.history) return;
    this.history = history;
    if (!findAnnotation(history.present, this.selected)) this.selected = null;
    this.publish();
  }

  private publish(): void {
    this.snapshot = this.makeSnapshot();
    for (const listener of [...this.listeners]) listener();
  }

  private makeSnapshot(): DocumentState {
    return {
      answer: this.history.present,
      selected: this.selected,
      canUndo: canUndo(this.history),
      canRedo: canRedo(this.history),
    };
  }
}

/** Answers to be looked at: what is selected changes, and which answer is shown, but nothing in one. */
export class ShownDocument extends AnswerDocument {
  override readonly readOnly = true;

  show(answer: Answer): void {
    if (answer !== this.answer) super.apply(() => answer);
  }

  override apply(): void {}
  override undo(): void {}
  override redo(): void {}
  override removeSelected(): boolean {
    return false;
  }
}
