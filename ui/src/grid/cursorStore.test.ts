/** A list by cursors: it grows as it is looked at, and looks anew without losing or doubling a row. */
import { expect, test } from "vitest";
import { CursorStore, put, type CursorPage } from "./cursorStore";

type Row = { id: string; state: string };
const PAGE = 10;

/** A server with rows by descending number; the cursor is the number of the last row given. */
class Server {
  rows: Row[];
  asked: (string | null)[] = [];
  failing = false;

  constructor(n: number) {
    this.rows = Array.from({ length: n }, (_, i) => ({ id: String(n - i), state: "new" }));
  }

  fetch = (cursor: string | null): Promise<CursorPage<Row>> => {
    this.asked.push(cursor);
    if (this.failing) return Promise.reject(new Error("down"));
    const items = this.rows
      .filter(({ id }) => cursor === null || Number(id) < Number(cursor))
      .slice(0, PAGE)
      .map((row) => ({ ...row }));
    const last = items.at(-1);
    // As the batches do it: a full last page has a cursor too.
    const next_cursor = items.length === PAGE && last !== undefined ? last.id : null;
    return Promise.resolve({ items, next_cursor, total: this.rows.length });
  };

  add(n: number): void {
    for (let i = 0; i < n; i += 1) {
      this.rows.unshift({ id: String(Number(this.rows[0]?.id ?? 0) + 1), state: "new" });
    }
  }
}

const calm = async () => {
  for (let i = 0; i < 200; i += 1) await Promise.resolve();
};
const ids = (store: CursorStore<Row>) => store.snapshot().rows.map(({ id }) => id);
const idsOf = (server: Server) => server.rows.map(({ id }) => id);

async function opened(n: number) {
  const server = new Server(n);
  const store = new CursorStore<Row>(server.fetch);
  store.look(0, 5);
  await calm();
  return { server, store };
}

test("it asks for what is near the view, and for all when one scrolls to the end", async () => {
  const { server, store } = await opened(500);
  const before = ids(store).length;
  expect(before).toBeLessThan(100);
  expect(store.snapshot().total).toBe(500);
  expect(store.snapshot().complete).toBe(false);
  for (let end = 10; end <= 520; end += 10) {
    store.look(end - 10, end);
    await calm();
  }
  expect(ids(store)).toEqual(idsOf(server));
  expect(store.snapshot().complete).toBe(true);
  expect(new Set(server.asked).size).toBe(server.asked.length);
});

test("an empty list, and one whose last page is full, come to an end", async () => {
  for (const n of [0, PAGE, 3 * PAGE]) {
    const { server, store } = await opened(n);
    expect(ids(store)).toEqual(idsOf(server));
    expect(store.snapshot().complete).toBe(true);
  }
});

test("what is new on top comes in, what is gone goes, and nothing is there twice", async () => {
  const { server, store } = await opened(60);
  expect(ids(store)).toEqual(idsOf(server));
  server.add(3);
  server.rows = server.rows.filter(({ id }) => id !== "58");
  server.rows[4]!.state = "launched";
  store.refresh();
  await calm();
  expect(ids(store)).toEqual(idsOf(server));
  expect(store.snapshot().rows[4]?.state).toBe("launched");
});

test("more than a page of new rows leaves no hole", async () => {
  const { server, store } = await opened(60);
  server.add(25);
  store.refresh();
  await calm();
  const got = ids(store);
  expect(got.length).toBeGreaterThan(60);
  expect(got).toEqual(idsOf(server).slice(0, got.length));
});

test("only what is looked at is asked for again, across the edge of a page", async () => {
  const { server, store } = await opened(60);
  store.look(25, 34);
  await calm();
  server.rows[27]!.state = "paused";
  server.rows[33]!.state = "paused";
  server.rows[0]!.state = "paused";
  server.asked = [];
  store.refresh();
  await calm();
  expect(server.asked).toHaveLength(2);
  expect(store.snapshot().rows[27]?.state).toBe("paused");
  expect(store.snapshot().rows[33]?.state).toBe("paused");
  expect(store.snapshot().rows[0]?.state).toBe("new");
});

test("a failure keeps the rows, is told, and the next look anew goes on", async () => {
  const { server, store } = await opened(200);
  const before = ids(store);
  server.failing = true;
  store.refresh();
  await calm();
  expect(ids(store)).toEqual(before);
  expect(store.snapshot().error).toBeInstanceOf(Error);
  server.asked = [];
  store.look(before.length - 5, before.length);
  await calm();
  expect(server.asked).toEqual([]);
  server.failing = false;
  store.refresh();
  await calm();
  expect(store.snapshot().error).toBeNull();
  expect(ids(store).length).toBeGreaterThan(before.length);
});

test("an answer that does not reach the rows below cuts them off", () => {
  const rows = [5, 4, 3, 2, 1].map((n) => ({ id: String(n) }));
  const page = (ns: number[], next: string | null) => ({
    items: ns.map((n) => ({ id: String(n) })),
    next_cursor: next,
    total: 9,
  });
  const told = (got: { rows: { id: string }[]; joined: boolean }) => [
    got.rows.map(({ id }) => id).join(""),
    got.joined,
  ];
  expect(told(put(rows, 0, page([6, 4], "4")))).toEqual(["64321", true]);
  expect(told(put(rows, 2, page([3, 1], "1")))).toEqual(["5431", true]);
  expect(told(put(rows, 0, page([9, 8], "8")))).toEqual(["98", false]);
  expect(told(put(rows, 2, page([3], null)))).toEqual(["543", false]);
});
