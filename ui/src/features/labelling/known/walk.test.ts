import { expect, test } from "vitest";
import type { Asset, KnownAnswer } from "~/api/types";
import { entriesOf, joined, START, withKnown, type WalkPage } from "./walk";

const asset = (ordinal: number) => ({ id: `a${ordinal}`, ordinal }) as Asset;
const known = (ordinal: number, note = "") =>
  ({
    asset: asset(ordinal),
    note,
    response: { annotations: [], fields: {} },
  }) as unknown as KnownAnswer;
const ordinals = (list: readonly { asset: Asset }[]) =>
  list.map(({ asset: { ordinal } }) => ordinal);

test("assets and answers in the same order are joined, and answers of later assets are kept for them", () => {
  const { entries, ahead } = joined([asset(1), asset(4), asset(6)], [known(4), known(6), known(9)]);
  expect(ordinals(entries)).toEqual([1, 4, 6]);
  expect(entries.map((entry) => entry.known !== null)).toEqual([false, true, true]);
  expect(ordinals(ahead)).toEqual([9]);
  const next = joined([asset(7), asset(9)], ahead);
  expect(next.entries.map((entry) => entry.known !== null)).toEqual([false, true]);
  expect(next.ahead).toEqual([]);
});

test("an answer that is of no asset any more is left out", () => {
  expect(joined([asset(3)], [known(2)])).toEqual({
    entries: [{ asset: asset(3), known: null }],
    ahead: [],
  });
});

test("what is saved is known from then on, and the others are as they were", () => {
  const page: WalkPage = {
    entries: joined([asset(1), asset(2)], [known(1, "old")]).entries,
    total: 2,
    next: null,
  };
  const walk = { pages: [page], pageParams: [START] };
  const then = entriesOf(withKnown(walk, known(2, "new")));
  expect(then.map((entry) => entry.known?.note)).toEqual(["old", "new"]);
  expect(entriesOf(walk)[1]?.known).toBeNull();
});
