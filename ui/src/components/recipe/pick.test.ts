import { describe, expect, it } from "vitest";
import type { Field, Pick } from "~/api/types";
import {
  formOfPick,
  newSeed,
  pickLack,
  pickOf,
  pickSentence,
  startPick,
  typedValue,
  wantedOf,
} from "./pick";

const PICKS: Pick[] = [
  "all",
  { first: { count: 3 } },
  { last: { count: 4 } },
  { random: { count: 5, seed: 6 } },
  { top: { count: 7, by: "score", order: "asc" } },
  { quota: { count: 8, by: "weather", seed: 9, fill: false } },
  {
    quota: {
      count: 8,
      by: "weather",
      seed: 9,
      fill: true,
      quotas: [
        { value: "rain", share: 2 },
        { value: null, share: 1 },
      ],
    },
  },
];

describe("pick", () => {
  it.each(PICKS)("%j: form and back", (pick) => expect(pickOf(formOfPick(pick, 1))).toEqual(pick));

  it("says in words what it takes", () => {
    expect(PICKS.slice(0, 6).map(pickSentence)).toEqual([
      "all of them",
      "first 3",
      "last 4",
      "random 5",
      "lowest 7 by score",
      "8 by weather",
    ]);
  });

  it("says what is missing", () => {
    const start = startPick(1);
    expect(pickLack(start)).toBeNull();
    expect(pickLack({ ...start, pick: "random", count: 0 })).toBe("Say how many.");
    expect(pickLack({ ...start, count: 0 })).toBeNull();
    expect(pickLack({ ...start, pick: "top" })).toBe("Choose a field.");
    expect(pickLack({ ...start, pick: "quota", by: "weather" })).toBeNull();
    expect(pickLack({ ...start, pick: "quota", by: "weather", even: false })).toMatch(/share/);
  });

  it("shares a number out by largest remainder, to the last one", () => {
    expect(wantedOf(10, [1, 1, 1])).toEqual([4, 3, 3]);
    expect(wantedOf(100, [3, 1])).toEqual([75, 25]);
    expect(wantedOf(7, [0.5, 0.25, 0.25])).toEqual([3, 2, 2]);
    expect(wantedOf(5, [])).toEqual([]);
    for (let n = 0; n < 50; n += 1) {
      expect(wantedOf(n, [1, 2.5, 0.3, 9]).reduce((a, b) => a + b, 0)).toBe(n);
    }
  });

  it("types a value as its field does", () => {
    const field = (...kinds: string[]) => ({ kinds }) as Field;
    expect(typedValue("5", field("number"))).toBe(5);
    expect(typedValue("5", field("number", "text"))).toBe("5");
    expect(typedValue("true", field("boolean"))).toBe(true);
    expect(typedValue("rain", undefined)).toBe("rain");
  });

  it("draws seeds that JSON holds exactly", () => {
    expect(newSeed(() => 0)).toBe(1);
    expect(newSeed(() => 0.999999999999)).toBeLessThan(2 ** 31);
  });
});
