import { expect, test } from "vitest";
import type { Pace } from "~/api/types";
import { basisText, endText, paceText } from "./pace";

const NOW = Date.parse("2026-11-24T14:24:30Z");
const pace = (part: Partial<Pace>): Pace => ({
  per_hour: null,
  reviews_per_hour: null,
  since: null,
  expected_end: null,
  missing: null,
  ...part,
});

test("says what it rests on", () => {
  const measured = pace({ per_hour: 240.4, since: "2026-11-24T13:00:00Z" });
  expect(paceText(measured)).toBe("240 answers an hour");
  expect(basisText(measured, NOW)).toBe("measured over the last 1 h 25 min");
  expect(paceText(pace({ per_hour: 3, reviews_per_hour: 1.25 }))).toBe(
    "3 answers an hour, 1.3 reviews an hour",
  );
});

test("does not promise what it cannot see", () => {
  expect(endText(pace({ missing: "reviews" }), NOW)).toEqual({
    value: null,
    hint: "No end in sight: nobody reviews",
  });
  expect(endText(pace({}), NOW).hint).toBe("No pace yet");
  expect(paceText(pace({}))).toBe("Nothing for a day");
});
