/** Moving one of a list to another place, and the words for why a batch stands where it does. Pure. */
import type { BatchKind, PlacedBatch, PlaceReason } from "~/api/types";

/** The list with the entry at `from` at the place `to`, or as it was when there is no such place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const out = [...list];
  const entry = out[from];
  if (entry === undefined || to < 0 || to >= out.length) return out;
  out.splice(from, 1);
  out.splice(to, 0, entry);
  return out;
}

/** Training is before calibration, that before the rest; gold is mixed in wherever somebody is. */
const RANKS: Record<BatchKind, number> = {
  training: 0,
  calibration: 1,
  production: 2,
  self_label: 2,
  gold: 3,
};

/** Where an entry may go: among those of its rank. */
export function reach(list: readonly PlacedBatch[], at: number): [first: number, last: number] {
  const rank = (batch: PlacedBatch | undefined) => RANKS[batch?.kind ?? "production"];
  const own = rank(list[at]);
  const first = list.filter((batch) => rank(batch) < own).length;
  return [first, first + list.filter((batch) => rank(batch) === own).length - 1];
}

export const REASONS: Record<PlaceReason, string> = {
  training: "Training goes before everything",
  calibration: "Calibration goes before the rest",
  by_hand: "Put here by hand",
  priority: "Higher priority than the next",
  older: "Older than the next",
  last: "Nothing comes after it",
};
