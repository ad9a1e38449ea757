import { describe, expect, it } from "vitest";
import {
  addAll,
  isSelected,
  moveCursor,
  nothing,
  only,
  rangeTo,
  selectedCount,
  toggle,
} from "./selection";

describe("selection", () => {
  it("toggles in and out", () => {
    const one = toggle(nothing, "a", 3);
    expect(isSelected(one, "a")).toBe(true);
    expect(selectedCount(toggle(one, "a", 3))).toBe(0);
  });

  it("keeps the anchor while a shift-range grows", () => {
    const start = only("a", 10);
    expect(rangeTo(start, 14)).toEqual({ first: 10, end: 15 });
    const grown = addAll(start, ["b", "c"]);
    expect(rangeTo(grown, 6)).toEqual({ first: 6, end: 11 });
    expect(selectedCount(grown)).toBe(3);
  });

  it("takes all that a query finds without a list", () => {
    const all = { kind: "query", q: "weather:rain", total: 10_000_000 } as const;
    expect(selectedCount(all)).toBe(10_000_000);
    expect(isSelected(all, "anything")).toBe(true);
    expect(toggle(all, "x", 1)).toEqual(only("x", 1));
  });
});

describe("moveCursor", () => {
  it.each([
    ["ArrowRight", 0, 1],
    ["ArrowLeft", 0, 0],
    ["ArrowDown", 3, 8],
    ["ArrowUp", 3, 3],
    ["ArrowUp", 8, 3],
    ["PageDown", 0, 20],
    ["End", 0, 99],
    ["ArrowDown", 98, 99],
    ["Home", 50, 0],
  ])("%s from %d goes to %d", (key, from, to) => expect(moveCursor(key, from, 5, 4, 100)).toBe(to));
  it("leaves other keys alone", () => expect(moveCursor("x", 0, 5, 4, 100)).toBeNull());
});
