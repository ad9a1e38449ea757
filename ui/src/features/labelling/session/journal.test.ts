import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import { MemoryJournal, openJournal, type Journal, type OutboxEntry } from "./journal";

const entry = (id: string, at: number): OutboxEntry => ({
  submission_id: id,
  task_id: `task ${id}`,
  lease_id: "lse_1",
  asset_name: "a.png",
  response: { annotations: [], fields: { kind: id } },
  seconds: 1,
  handed_in_at_ms: at,
});

const JOURNALS: [string, () => Promise<Journal>][] = [
  ["in IndexedDB", () => openJournal("usr_1")],
  ["in memory", async () => new MemoryJournal()],
];

for (const [name, open] of JOURNALS) {
  test(`${name}: drafts are kept, replaced and dropped`, async () => {
    const journal = await open();
    const draft = {
      task_id: "t",
      response: { annotations: [], fields: { kind: "cat" } },
      edited_at_ms: Date.now(),
      server_saved_at: null,
      dirty: true,
      seq: 3,
    };
    expect(await journal.draft("t")).toBe(null);
    await journal.putDraft({ ...draft, dirty: false });
    await journal.putDraft(draft);
    expect(await journal.draft("t")).toEqual(draft);
    await journal.dropDraft("t");
    expect(await journal.draft("t")).toBe(null);
  });

  test(`${name}: the outbox comes out in the order of handing in`, async () => {
    const journal = await open();
    for (const one of [entry("b", 2), entry("a", 3), entry("c", 1)]) await journal.putOutbox(one);
    const ids = async () => (await journal.outbox()).map(({ submission_id }) => submission_id);
    expect(await ids()).toEqual(["c", "b", "a"]);
    await journal.dropOutbox("b");
    expect(await ids()).toEqual(["c", "a"]);
  });
}

test("people of one browser do not see each other's work, old drafts are dropped", async () => {
  const mine = await openJournal("usr_2");
  await mine.putOutbox(entry("x", 1));
  await mine.putDraft({
    task_id: "old",
    response: { annotations: [], fields: {} },
    edited_at_ms: Date.now() - 31 * 24 * 3600 * 1000,
    server_saved_at: null,
    dirty: true,
    seq: 1,
  });
  const other = await openJournal("usr_3");
  expect(await other.outbox()).toEqual([]);
  const again = await openJournal("usr_2");
  expect(await again.outbox()).toHaveLength(1);
  expect(await again.draft("old")).toBe(null);
});
