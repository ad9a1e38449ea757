import { expect, test, vi } from "vitest";
import { newestDraft } from "./draftOrder";
import { uuidV7 } from "~/canvas/document/uuid";
import type { JournalDraft } from "./journal";
import { ANSWER_WAIT_MS, TabTurn, type Channel, type TabRole } from "./tabs";

const AT = Date.parse("2026-11-24T02:00:00Z");
const answer = (kind: string) => ({ annotations: [], fields: { kind } });
const server = (savedAt: string, kind = "server") => ({
  response: answer(kind),
  saved_at: savedAt,
});
const local = (more: Partial<JournalDraft>): JournalDraft => ({
  task_id: "t",
  response: answer("journal"),
  edited_at_ms: AT,
  server_saved_at: "2026-11-24T01:00:00Z",
  dirty: true,
  seq: 1,
  ...more,
});

test("the newest draft", () => {
  const check = (from: string, ...args: Parameters<typeof newestDraft>) =>
    expect(newestDraft(...args).from).toBe(from);
  check("nothing", null, null);
  check("server", server("2026-11-24T01:00:00Z"), null);
  check("journal", null, local({}));
  // Edited after what this browser saw confirmed, whatever the two clocks say.
  check("journal", server("2026-11-24T01:00:00Z"), local({ edited_at_ms: 0 }));
  check("server", server("2026-11-24T01:00:00Z"), local({ dirty: false }));
  // Another computer saved since: the later one wins, by the server's clock.
  check("server", server("2026-11-24T03:00:00Z"), local({}));
  check("journal", server("2026-11-24T01:30:00Z"), local({}));
  check("journal", server("2026-11-24T03:00:00Z"), local({}), 2 * 3600_000);
});

test("identifiers are UUIDv7 and sort by time", () => {
  const a = uuidV7(AT);
  const b = uuidV7(AT + 1);
  expect(a).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(a < b).toBe(true);
  expect(Number.parseInt(a.replaceAll("-", "").slice(0, 12), 16)).toBe(AT);
});

/** A room in which every channel hears every other, at once. */
function room() {
  const members = new Set<Channel>();
  const join = (): Channel => {
    const channel: Channel = {
      onmessage: null,
      close: () => void members.delete(channel),
      postMessage: (data) => {
        for (const other of members) if (other !== channel) other.onmessage?.({ data });
      },
    };
    members.add(channel);
    return channel;
  };
  const tab = (id: string) => {
    const roles: TabRole[] = [];
    const turn = new TabTurn(join(), id, (role) => roles.push(role));
    turn.ask();
    return turn;
  };
  return { tab, members };
}

test("the second tab waits, takes over when told, and gets its turn when the first leaves", () => {
  vi.useFakeTimers();
  const { tab } = room();
  const first = tab("1");
  vi.advanceTimersByTime(ANSWER_WAIT_MS);
  const second = tab("2");
  vi.advanceTimersByTime(ANSWER_WAIT_MS);
  expect([first.role, second.role]).toEqual(["working", "waiting"]);
  second.takeOver();
  expect([first.role, second.role]).toEqual(["waiting", "working"]);
  second.leave();
  vi.advanceTimersByTime(ANSWER_WAIT_MS);
  expect(first.role).toBe("working");
  vi.useRealTimers();
});

test("of tabs that open at once, one works; when it leaves, one of the others does", () => {
  vi.useFakeTimers();
  const { tab } = room();
  const tabs = ["b", "a", "c"].map(tab);
  vi.advanceTimersByTime(ANSWER_WAIT_MS);
  const working = () => tabs.filter(({ role }) => role === "working");
  expect(working()).toHaveLength(1);
  working()[0]?.leave();
  vi.advanceTimersByTime(ANSWER_WAIT_MS);
  expect(working()).toHaveLength(1);
  vi.useRealTimers();
});

test("a tab that crashed answers nothing, so the next works", () => {
  vi.useFakeTimers();
  const { tab, members } = room();
  tab("1");
  vi.advanceTimersByTime(ANSWER_WAIT_MS);
  members.clear();
  const second = tab("2");
  vi.advanceTimersByTime(ANSWER_WAIT_MS);
  expect(second.role).toBe("working");
  vi.useRealTimers();
});
