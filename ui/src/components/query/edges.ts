/** The ends of a histogram's bars, as people read them. Pure. */
import { count, day, moment } from "~/lib/format";

export type Edge = string | number;

export const isTime = (value: Edge): value is string =>
  typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value);

const numberText = (value: number): string => {
  const size = Math.abs(value);
  if (Number.isInteger(value)) return size < 10_000 ? String(value) : count(value);
  return size >= 1_000_000 || (size > 0 && size < 0.001)
    ? value.toPrecision(3)
    : String(Number(value.toPrecision(4)));
};

/** `span` is from the first to the last edge: short times need the hour. */
export function edgeText(value: Edge, span?: readonly [Edge, Edge]): string {
  if (isTime(value)) {
    const ms =
      span === undefined ? Infinity : Date.parse(String(span[1])) - Date.parse(String(span[0]));
    // A span of less than a day is told in hours and minutes, one of minutes with the seconds.
    if (ms >= 3 * 86_400_000) return day(value);
    if (ms >= 86_400_000) return moment(value);
    const minutes = moment(value).slice(-5);
    return ms >= 600_000 ? minutes : `${minutes}:${value.slice(17, 19)}`;
  }
  return typeof value === "number" ? numberText(value) : value;
}
