import { describe, expect, it } from "vitest";
import { equalParts, valueParts } from "./split";

describe("split", () => {
  it("makes equal parts that lose nobody", () => {
    const { shown, total } = equalParts("night", "{batch}/{n}", 10, 3);
    expect(total).toBe(3);
    expect(shown).toEqual([
      { name: "night/1", members: 4 },
      { name: "night/2", members: 3 },
      { name: "night/3", members: 3 },
    ]);
  });

  it("makes a part for each value and one for none", () => {
    const facet = {
      field: "weather",
      values: [
        { value: "rain", count: 5, query: "weather:rain" },
        { value: "sun", count: 2, query: "weather:sun" },
      ],
      count: 12,
      missing: 3,
      more: 4,
    };
    const { shown, total } = valueParts("day", "{value} of {batch} ({n})", facet);
    expect(shown.map((part) => part.name)).toEqual([
      "rain of day (1)",
      "sun of day (2)",
      "without weather of day (3)",
    ]);
    expect(total).toBe(7);
    expect(valueParts("day", "{value}", { ...facet, values: [], more: 0 }).total).toBe(Infinity);
  });
});
