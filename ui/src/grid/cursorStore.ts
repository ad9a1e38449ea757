/**
 * A list that grows at its top, fetched newest first by cursors as somebody scrolls down, and looked at anew where it
 * is looked at. A cursor says "after this row", so what is added or taken away above it does not move the pages below.
 * No React, no DOM; fetching comes in.
 */

export type CursorPage<T> = { items: T[]; next_cursor: string | null; total: number };
export type CursorFetch<T> = (cursor: string | null, signal: AbortSignal) => Promise<CursorPage<T>>;

export type CursorState<T> = {
  rows: readonly T[];
  /** Of all pages; null until the first answer. */
  total: number | null;
  /** Whether all rows are here. */
  complete: boolean;
  error: unknown;
};

/** Rows that are kept ready below those in view. */
const AHEAD = 60;

/** The rows with an answer put in from a place on; what it shows as gone, between its rows, goes. */
export function put<T extends { id: string }>(
  rows: readonly T[],
  start: number,
  { items, next_cursor }: CursorPage<T>,
): { rows: T[]; joined: boolean } {
  const last = items.at(-1);
  const at =
    last === undefined || next_cursor === null
      ? -1
      : rows.findIndex((row, i) => i >= start && row.id === last.id);
  return {
    rows: [...rows.slice(0, start), ...items, ...(at < 0 ? [] : rows.slice(at + 1))],
    // Otherwise what was below is not known to follow, and is fetched again when it is looked at.
    joined: at >= 0,
  };
}

export class CursorStore<T extends { id: string }> {
  /** Of the last row of each answer: the cursor that goes on after it. */
  private cursors = new Map<string, string>();
  /** Undefined before the first answer, null when the last row is here. */
  private next: string | null | undefined = undefined;
  private flight: AbortController | null = null;
  private again = false;
  private view = { first: 0, end: 0 };
  private listeners = new Set<() => void>();
  private state: CursorState<T> = { rows: [], total: null, complete: false, error: null };

  constructor(private readonly fetchPage: CursorFetch<T>) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  snapshot = (): CursorState<T> => this.state;

  /** Rows `first` up to (not including) `end` are looked at now. */
  look(first: number, end: number): void {
    this.view = { first, end };
    this.grow();
  }

  /** Asks again for the rows that are looked at. */
  refresh(): void {
    if (this.flight !== null) {
      this.again = true;
      return;
    }
    const { rows } = this.state;
    let start = Math.min(this.view.first, rows.length);
    while (start > 0 && !this.cursors.has(rows[start - 1]?.id ?? "")) start -= 1;
    const before = rows[start - 1];
    this.send(start, before === undefined ? null : (this.cursors.get(before.id) ?? null));
  }

  stop(): void {
    this.flight?.abort();
    this.flight = null;
    this.again = false;
  }

  private grow(): void {
    const { rows, error } = this.state;
    if (this.flight !== null || this.next === null || error !== null) return;
    if (this.next !== undefined && this.view.end + AHEAD < rows.length) return;
    this.send(rows.length, this.next ?? null);
  }

  private send(start: number, cursor: string | null): void {
    const flight = new AbortController();
    this.flight = flight;
    this.fetchPage(cursor, flight.signal).then(
      (answer) => {
        if (this.flight === flight) this.arrived(start, answer);
      },
      (error: unknown) => {
        if (this.flight !== flight) return;
        this.flight = null;
        this.again = false;
        this.change({ error });
      },
    );
  }

  private arrived(start: number, answer: CursorPage<T>): void {
    this.flight = null;
    const { rows, joined } = put(this.state.rows, start, answer);
    const last = answer.items.at(-1);
    if (last !== undefined && answer.next_cursor !== null) {
      this.cursors.set(last.id, answer.next_cursor);
    }
    if (!joined) this.next = answer.next_cursor;
    this.change({ rows, total: answer.total, complete: this.next === null, error: null });
    const end = start + answer.items.length;
    if (this.again) {
      this.again = false;
      this.refresh();
    } else if (
      joined &&
      end < Math.min(this.view.end, rows.length) &&
      answer.next_cursor !== null
    ) {
      // What is looked at reaches into the next page.
      this.send(end, answer.next_cursor);
    } else this.grow();
  }

  private change(part: Partial<CursorState<T>>): void {
    this.state = { ...this.state, ...part };
    for (const listener of this.listeners) listener();
  }
}
