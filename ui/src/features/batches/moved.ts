/** Moving one of a list to another place, and the words for why a batch stands where it does. Pure. */
import type { PlacedBatch, PlaceReason } from "~/api/types";

/** The list with the entry at `from` at the place `to`, or as it was when there is no such place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const out = [...list];
  const entry = out[from];
  if (entry === undefined || to < 0 || to >= out.length) return out;
  out.splice(from, 1);
  out.splice(to, 0, entry);
  return out;
}

/** Where an entry may go: calibration stays before the rest. */
export function reach(list: readonly PlacedBatch[], at: number): [first: number, last: number] {
  const early = (batch: PlacedBatch | undefined) => batch?.kind === "calibration";
  const n = list.filter(early).length;
  return early(list[at]) ? [0, n - 1] : [n, list.length - 1];
}

export const REASONS: Record<PlaceReason, string> = {
  calibration: "Calibration goes before the rest",
  by_hand: "Put here by hand",
  priority: "Higher priority than the next",
  older: "Older than the next",
  last: "Nothing comes after it",
};
