/** What a split would make: names and sizes, before it is done. Pure. */
import type { Facet } from "~/api/types";

export type PlannedPart = { name: string; members: number };
/** `shown` may be fewer than `total`, when not all values are known here. */
export type Plan = { shown: PlannedPart[]; total: number };

export function partName(
  pattern: string,
  part: { batch: string; n: number; value?: string },
): string {
  return pattern
    .replaceAll("{batch}", part.batch)
    .replaceAll("{n}", String(part.n))
    .replaceAll("{value}", part.value ?? "");
}

/** Parts differ by one member at most; the first ones are the larger. */
export function equalParts(batch: string, pattern: string, members: number, parts: number): Plan {
  const k = Math.max(0, Math.min(parts, 1000));
  const small = k === 0 ? 0 : Math.floor(members / k);
  const larger = k === 0 ? 0 : members % k;
  const shown = Array.from({ length: k }, (_, i) => ({
    name: partName(pattern, { batch, n: i + 1 }),
    members: small + (i < larger ? 1 : 0),
  }));
  return { shown, total: k };
}

export function valueParts(
  batch: string,
  pattern: string,
  facet: Pick<Facet, "field" | "values" | "count" | "missing" | "more">,
): Plan {
  // The server counts values up to ten thousand, and lists none beyond.
  if (facet.values.length === 0 && facet.count > 0) return { shown: [], total: Infinity };
  const values = facet.values.map((entry) => ({
    value: String(entry.value),
    members: entry.count,
  }));
  if (facet.missing > 0) values.push({ value: `without ${facet.field}`, members: facet.missing });
  const shown = values.map(({ value, members }, i) => ({
    name: partName(pattern, { batch, n: i + 1, value }),
    members,
  }));
  return { shown, total: shown.length + facet.more };
}
