import { expect, test } from "vitest";
import type { HourWork } from "~/api/types";
import { bars, ticks } from "./HoursChart";

const hour = (n: number): HourWork => ({
  at: new Date(Date.UTC(2026, 10, 1, n)).toISOString(),
  labels: 2,
  reviews: 1,
  sent_back: n % 2,
});

test("a day is shown by the hour, a month by the day, and nothing is lost", () => {
  const day = Array.from({ length: 24 }, (_, n) => hour(n));
  expect(bars(day)).toHaveLength(24);
  const month = Array.from({ length: 720 }, (_, n) => hour(n));
  const days = bars(month);
  expect(days.length).toBeGreaterThanOrEqual(30);
  expect(days.length).toBeLessThanOrEqual(31);
  const sum = (key: "labels" | "reviews" | "sent_back") =>
    days.reduce((all, bar) => all + bar[key], 0);
  expect([sum("labels"), sum("reviews"), sum("sent_back")]).toEqual([1440, 720, 360]);
});

test("the axis names hours and days that do not touch each other, nor what stands at the end", () => {
  const day = bars(Array.from({ length: 24 }, (_, n) => hour(n)));
  const hours = ticks(day, false);
  expect(hours.length).toBeGreaterThanOrEqual(3);
  expect(hours.every(({ text }) => /^(00|06|12|18):/.test(text))).toBe(true);
  const month = bars(Array.from({ length: 720 }, (_, n) => hour(n)));
  const days = ticks(month, true);
  expect(days.length).toBeGreaterThanOrEqual(6);
  expect(days.length).toBeLessThanOrEqual(8);
  for (const { at } of [...hours, ...days]) expect(at).toBeLessThan(0.95);
});
