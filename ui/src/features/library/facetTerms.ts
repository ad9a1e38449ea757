/** What a query already says about a facet's field: its values and its range. Pure. */
import type { Chip } from "~/api/types";
import { quote } from "~/lib/queryText";

type Edge = string | number;
type Terms = Pick<Chip, "text">;

/** What stands behind the field's name in a term about it, such as `<6`; null when it is about another. */
function after(term: string, field: string): string | null {
  for (const name of [field, quote(field)]) {
    if (!term.toLowerCase().startsWith(name.toLowerCase())) continue;
    const rest = term.slice(name.length).trimStart();
    if (/^(:|[<>]=?|=)/.test(rest)) return rest;
  }
  return null;
}

/** Whether a term says something about this field, such as `hour<6`. */
export const isAbout = (term: string, field: string): boolean =>
  after(term.replace(/^[-(]+/, ""), field) !== null;

const plain = (text: string): Edge => {
  const value = text.trim().replace(/^"|"$/g, "");
  return value !== "" && Number.isFinite(Number(value)) ? Number(value) : value;
};

/** Edges on one scale: numbers as they are, times as milliseconds; null when it is neither. */
export function scale(edge: Edge): number | null {
  if (typeof edge === "number") return edge;
  const ms = Date.parse(edge);
  return Number.isNaN(ms) ? null : ms;
}

export type Range = { low: number; high: number };

/** The range that the terms leave of a field; null when none of them limits it. */
export function rangeOf(chips: readonly Terms[], field: string): Range | null {
  let range: Range | null = null;
  const limit = (low: number | null, high: number | null) => {
    const now: Range = range ?? { low: -Infinity, high: Infinity };
    range = { low: Math.max(now.low, low ?? now.low), high: Math.min(now.high, high ?? now.high) };
  };
  for (const chip of chips) {
    // A single chip may hold both ends: `hour>=5 hour<6`.
    for (const term of chip.text.split(/\s+(?:AND\s+)?/)) {
      const rest = after(term, field);
      if (rest === null) continue;
      const between = /^:(.*)\.\.(.*)$/.exec(rest);
      if (between !== null) {
        const [, a = "", b = ""] = between;
        limit(a === "" ? null : scale(plain(a)), b === "" ? null : scale(plain(b)));
        continue;
      }
      const side = /^:?([<>])=?(.*)$/.exec(rest);
      if (side === null) continue;
      const value = scale(plain(side[2] ?? ""));
      if (side[1] === "<") limit(null, value);
      else limit(value, null);
    }
  }
  return range;
}

/** Whether a bar from `from` to `to` lies within the range. */
export function covers(range: Range | null, from: Edge, to: Edge): boolean {
  if (range === null) return false;
  const [low, high] = [scale(from), scale(to)];
  return low !== null && high !== null && low >= range.low && high <= range.high;
}
