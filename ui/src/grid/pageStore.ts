/**
 * Rows of a list too long to hold: fetched by pages, near what is looked at, forgotten when far.
 * Pages side by side come in one request: a place in a sorted list costs the same however much is read there.
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
  /** Pages of one request. */
  together?: number;
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

/** A request under way, for pages side by side. */
type Flight = { controller: AbortController; first: number; end: number };

export class PageStore<T, P extends FetchedPage<T>> {
  private readonly pageSize: number;
  private readonly keep: number;
  private readonly calm: number;
  private readonly together: number;
  private readonly pages = new Map<number, T[]>();
  private flights: Flight[] = [];
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
    this.together = options.together ?? 4;
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
    for (const flight of this.flights) {
      if (flight.end <= from - 1 || flight.first > to + 1) this.land(flight).abort();
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
    for (const flight of this.flights) flight.controller.abort();
    this.flights = [];
  }

  private ask(): void {
    let run: Flight | null = null;
    for (const page of this.wanted) {
      const past =
        this.state.total !== null && page > 0 && page * this.pageSize >= this.state.total;
      const known = this.pages.has(page) || this.isUnderWay(page);
      if (past || known) continue;
      if (run !== null && run.end === page && page - run.first < this.together) {
        run.end += 1;
        continue;
      }
      if (run !== null) this.send(run);
      run = { controller: new AbortController(), first: page, end: page + 1 };
    }
    if (run !== null) this.send(run);
  }

  private isUnderWay(page: number): boolean {
    return this.flights.some((flight) => page >= flight.first && page < flight.end);
  }

  private send(flight: Flight): void {
    this.flights.push(flight);
    const { first, end, controller } = flight;
    this.fetchPage(first * this.pageSize, (end - first) * this.pageSize, controller.signal).then(
      (answer) => this.arrived(flight, answer),
      (error: unknown) => this.failed(flight, error),
    );
  }

  /** Forgets a request; what it was aborted with. */
  private land(flight: Flight): AbortController {
    this.flights = this.flights.filter((other) => other !== flight);
    return flight.controller;
  }

  private arrived(flight: Flight, answer: P): void {
    if (!this.flights.includes(flight)) return;
    this.land(flight);
    for (let page = flight.first; page < flight.end; page += 1) {
      const start = (page - flight.first) * this.pageSize;
      this.pages.delete(page);
      this.pages.set(page, answer.items.slice(start, start + this.pageSize));
    }
    for (const old of this.pages.keys()) {
      if (this.pages.size <= this.keep) break;
      if (!this.wanted.includes(old)) this.pages.delete(old);
    }
    this.change({ total: answer.total, newest: answer, error: null });
  }

  private failed(flight: Flight, error: unknown): void {
    if (!this.flights.includes(flight)) return;
    this.land(flight);
    if (flight.controller.signal.aborted) return;
    this.change({ error });
  }

  private change(part: Partial<PageState<P>>): void {
    this.state = { ...this.state, ...part, version: this.state.version + 1 };
    for (const listener of this.listeners) listener();
  }
}
