/**
 * Rows of a list too long to hold: fetched by pages, near what is looked at, forgotten when far.
 * While somebody scrolls fast nothing is asked for; requests for places already left are aborted.
 * No React, no DOM; time and fetching come in.
 */

export type FetchedPage<T> = { items: T[]; total: number };
export type PageFetch<T, P extends FetchedPage<T>> = (
  offset: number,
  limit: number,
  signal: AbortSignal,
) => Promise<P>;

type Options = {
  pageSize: number;
  /** Pages kept in memory. */
  keep?: number;
  /** Milliseconds without a jump before pages are asked for. */
  calm?: number;
};

export type PageState<P> = {
  /** Null until the first answer. */
  total: number | null;
  /** The newest answer, for what else it carries (time taken, warnings). */
  newest: P | null;
  error: unknown;
  /** Grows with each change. */
  version: number;
};

export class PageStore<T, P extends FetchedPage<T>> {
  private readonly pageSize: number;
  private readonly keep: number;
  private readonly calm: number;
  private readonly pages = new Map<number, T[]>();
  private readonly inFlight = new Map<number, AbortController>();
  private wanted: number[] = [];
  private timer: ReturnType<typeof setTimeout> | null = null;
  private lastFirst = -1;
  private listeners = new Set<() => void>();
  private state: PageState<P> = { total: null, newest: null, error: null, version: 0 };

  constructor(
    private readonly fetchPage: PageFetch<T, P>,
    options: Options,
  ) {
    this.pageSize = options.pageSize;
    this.keep = options.keep ?? 60;
    this.calm = options.calm ?? 90;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  snapshot = (): PageState<P> => this.state;

  /** The row if it is here. */
  row(index: number): T | undefined {
    return this.pages.get(Math.floor(index / this.pageSize))?.[index % this.pageSize];
  }

  /** Rows `first` up to (not including) `end` are looked at now. */
  look(first: number, end: number): void {
    const from = Math.floor(first / this.pageSize);
    const to = Math.floor(Math.max(first, end - 1) / this.pageSize);
    this.wanted = [];
    for (let page = from; page <= to; page += 1) this.wanted.push(page);
    const leap = this.lastFirst >= 0 && Math.abs(first - this.lastFirst) > 2 * (end - first);
    this.lastFirst = first;
    for (const [page, controller] of this.inFlight) {
      if (page < from - 1 || page > to + 1) {
        controller.abort();
        this.inFlight.delete(page);
      }
    }
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (leap) this.timer = setTimeout(() => this.ask(), this.calm);
    else this.ask();
  }

  /** All rows of a range, fetching what is missing (for a range picked with shift). */
  async rows(first: number, end: number, signal: AbortSignal): Promise<T[]> {
    const out: T[] = [];
    for (let page = Math.floor(first / this.pageSize); page * this.pageSize < end; page += 1) {
      let items = this.pages.get(page);
      if (items === undefined) {
        const answer = await this.fetchPage(page * this.pageSize, this.pageSize, signal);
        items = answer.items;
      }
      const start = page * this.pageSize;
      out.push(...items.slice(Math.max(0, first - start), Math.max(0, end - start)));
    }
    return out;
  }

  /** Forgets every row and asks again for what is looked at. */
  refresh(): void {
    this.stop();
    this.pages.clear();
    this.change({ error: null });
    this.ask();
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    for (const controller of this.inFlight.values()) controller.abort();
    this.inFlight.clear();
  }

  private ask(): void {
    for (const page of this.wanted) {
      if (this.pages.has(page) || this.inFlight.has(page)) continue;
      if (this.state.total !== null && page > 0 && page * this.pageSize >= this.state.total)
        continue;
      const controller = new AbortController();
      this.inFlight.set(page, controller);
      this.fetchPage(page * this.pageSize, this.pageSize, controller.signal).then(
        (answer) => this.arrived(page, controller, answer),
        (error: unknown) => this.failed(page, controller, error),
      );
    }
  }

  private arrived(page: number, controller: AbortController, answer: P): void {
    if (this.inFlight.get(page) !== controller) return;
    this.inFlight.delete(page);
    this.pages.delete(page);
    this.pages.set(page, answer.items);
    for (const old of this.pages.keys()) {
      if (this.pages.size <= this.keep) break;
      if (!this.wanted.includes(old)) this.pages.delete(old);
    }
    this.change({ total: answer.total, newest: answer, error: null });
  }

  private failed(page: number, controller: AbortController, error: unknown): void {
    if (this.inFlight.get(page) !== controller) return;
    this.inFlight.delete(page);
    if (controller.signal.aborted) return;
    this.change({ error });
  }

  private change(part: Partial<PageState<P>>): void {
    this.state = { ...this.state, ...part, version: this.state.version + 1 };
    for (const listener of this.listeners) listener();
  }
}
