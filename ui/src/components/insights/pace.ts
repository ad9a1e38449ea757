/** Pace and expected end in words that say what they rest on. Pure; the clock comes in. */
import type { Pace } from "~/api/types";
import { count, duration, moment } from "~/lib/format";

const rate = (n: number): string =>
  n < 10 ? n.toFixed(1).replace(".0", "") : count(Math.round(n));

/** "240 answers an hour". */
export function paceText({ per_hour, reviews_per_hour }: Pace): string {
  const parts = [
    per_hour === null ? null : `${rate(per_hour)} answers an hour`,
    reviews_per_hour === null ? null : `${rate(reviews_per_hour)} reviews an hour`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? "Nothing for a day" : parts.join(", ");
}

/** "measured since 13:00, over 1 h 24 min". */
export function basisText({ since }: Pace, now: number): string {
  if (since === null) return "nothing was handed in for a day";
  const span = duration(Math.max(0, (now - Date.parse(since)) / 60_000) * 60);
  return `measured over the last ${roughly(span)}`;
}

/** Seconds beside hours say nothing. */
const roughly = (span: string): string => span.replace(/ \d+ s$/, "");

export function endText(pace: Pace, now: number): { value: string | null; hint: string } {
  if (pace.expected_end !== null) {
    return {
      value: pace.expected_end,
      hint: `${moment(pace.expected_end)}, at the pace ${basisText(pace, now)}`,
    };
  }
  if (pace.missing === "reviews") return { value: null, hint: "No end in sight: nobody reviews" };
  if (pace.missing === "labels") return { value: null, hint: "No end in sight: nobody labels" };
  return { value: null, hint: "No pace yet" };
}
