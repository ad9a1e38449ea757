import { describe, expect, it } from "vitest";
import { covers, isAbout, rangeOf } from "./facetTerms";

const chips = (...texts: string[]) => texts.map((text) => ({ text }));

describe("facet terms", () => {
  it("knows which field a term is about", () => {
    expect(isAbout("hour<6", "hour")).toBe(true);
    expect(isAbout("-hour:5", "hour")).toBe(true);
    expect(isAbout("hours<6", "hour")).toBe(false);
    expect(isAbout('"traffic light">0', "traffic light")).toBe(true);
    expect(isAbout("prediction.score<0.4", "prediction.score")).toBe(true);
  });

  it.each([
    [["weather:rain"], null],
    [["hour>=5", "hour<6"], { low: 5, high: 6 }],
    [["hour>=5 hour<6"], { low: 5, high: 6 }],
    [["hour:5..8"], { low: 5, high: 8 }],
    [["hour:..8"], { low: -Infinity, high: 8 }],
    [["hour:>3"], { low: 3, high: Infinity }],
    [["hour>3", "hour>7"], { low: 7, high: Infinity }],
    [["hour:5"], null],
  ])("%j", (texts, range) => expect(rangeOf(chips(...texts), "hour")).toEqual(range));

  it("reads times", () => {
    const range = rangeOf(
      chips("taken>=2026-11-20T00:00:00Z", "taken<2026-11-21T00:00:00Z"),
      "taken",
    );
    expect(covers(range, "2026-11-20T00:00:00Z", "2026-11-20T06:00:00Z")).toBe(true);
    expect(covers(range, "2026-11-20T18:00:00Z", "2026-11-21T06:00:00Z")).toBe(false);
    expect(covers(null, 1, 2)).toBe(false);
  });
});
