import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PageStore, type FetchedPage } from "./pageStore";

type Call = { offset: number; limit: number; signal: AbortSignal; answer: () => Promise<void> };

function makeStore(total = 10_000) {
  const calls: Call[] = [];
  const store = new PageStore<number, FetchedPage<number>>(
    (offset, limit, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
        calls.push({
          offset,
          limit,
          signal,
          answer: async () => {
            const length = Math.max(0, Math.min(limit, total - offset));
            resolve({ total, items: Array.from({ length }, (_, k) => offset + k) });
            await Promise.resolve();
            await Promise.resolve();
          },
        });
      }),
    { pageSize: 100, keep: 3, calm: 90 },
  );
  return { store, calls };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("PageStore", () => {
  it("fetches the pages that are looked at, once", async () => {
    const { store, calls } = makeStore();
    store.look(0, 150);
    store.look(0, 160);
    expect(calls.map((call) => [call.offset, call.limit])).toEqual([[0, 200]]);
    for (const call of calls) await call.answer();
    expect(store.row(149)).toBe(149);
    expect(store.row(250)).toBeUndefined();
    expect(store.snapshot().total).toBe(10_000);
  });

  it("asks for what is missing beside what is here or under way, a few pages at a time", async () => {
    const { store, calls } = makeStore();
    store.look(100, 200);
    await calls[0]?.answer();
    store.look(0, 700);
    expect(calls.map((call) => [call.offset, call.limit])).toEqual([
      [100, 100],
      [0, 100],
      [200, 400],
      [600, 100],
    ]);
    store.look(0, 800);
    expect(calls).toHaveLength(5);
    for (const call of calls) await call.answer();
    expect([0, 150, 250, 599, 650].map((at) => store.row(at))).toEqual([0, 150, 250, 599, 650]);
  });

  it("asks for nothing while leaping, and only for where it stops", () => {
    const { store, calls } = makeStore();
    store.look(0, 50);
    for (let at = 500; at <= 9_000; at += 500) store.look(at, at + 50);
    expect(calls).toHaveLength(1);
    vi.advanceTimersByTime(100);
    expect(calls.map((call) => call.offset)).toEqual([0, 9_000]);
  });

  it("aborts requests for places already left", () => {
    const { store, calls } = makeStore();
    store.look(0, 50);
    store.look(5_000, 5_050);
    expect(calls[0]?.signal.aborted).toBe(true);
  });

  it("forgets the oldest pages but not those in view", async () => {
    const { store, calls } = makeStore();
    for (let page = 0; page < 5; page += 1) {
      store.look(page * 100, page * 100 + 100);
      await calls.at(-1)?.answer();
    }
    expect(store.row(0)).toBeUndefined();
    expect(store.row(450)).toBe(450);
  });

  it("gives a whole range, cut at both ends", async () => {
    const { store, calls } = makeStore();
    const range = store.rows(95, 205, new AbortController().signal);
    for (let i = 0; i < 3; i += 1) {
      await Promise.resolve();
      await calls.at(-1)?.answer();
      await Promise.resolve();
    }
    const rows = await range;
    expect(rows).toHaveLength(110);
    expect(rows[0]).toBe(95);
    expect(rows.at(-1)).toBe(204);
  });
});
