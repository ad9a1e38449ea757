/** Metadata updates in words. Pure. */
import type { MetadataUpdate, MetadataUpdateState } from "~/api/types";
import { count, plural } from "~/lib/format";

export const UPDATE_STATES: Record<MetadataUpdateState, { text: string; color: string }> = {
  running: { text: "Running", color: "blue" },
  done: { text: "Done", color: "leaf" },
  failed: { text: "Failed", color: "red" },
  cancelled: { text: "Cancelled", color: "gray" },
  interrupted: { text: "Interrupted", color: "red" },
};

export const UPDATE_ENDS: Record<Exclude<MetadataUpdateState, "running">, string> = {
  done: "Done.",
  failed: "It failed. What was changed before stays changed.",
  cancelled: "Cancelled. What was changed before stays changed.",
  interrupted:
    "The server stopped in the middle. What was changed before stays changed; sending it again does the rest.",
};

/** What said which assets to change. */
export const UPDATE_SOURCES: Record<MetadataUpdate["source"], string> = {
  csv: "A CSV file",
  jsonl: "A JSONL file",
  query: "All that a query found",
  assets: "Ticked assets",
};

/** How far it is, 0 to 1; null while that is not known. */
export const updatePart = ({ state, total, done }: MetadataUpdate): number | null =>
  state === "done" ? 1 : total === null ? null : total === 0 ? 1 : Math.min(1, done / total);

/** "1,204 changed, 3 refused", for one line. */
export function updateResult({ updated, unchanged, refused }: MetadataUpdate): string {
  const changed = `${plural(updated, "change")}`;
  const same = updated === 0 && unchanged > 0 ? `, ${count(unchanged)} as they were` : "";
  return `${changed}${same}${refused > 0 ? `, ${count(refused)} refused` : ""}`;
}

/** What a person should know of one that is done and refused rows. */
export const refusedText = ({ refused, updated, unchanged }: MetadataUpdate): string =>
  updated + unchanged === 0
    ? "But all of it was refused: nothing was changed."
    : `${count(refused)} ${refused === 1 ? "was" : "were"} refused, the others count.`;

export const barColor = ({ state, refused }: MetadataUpdate): string =>
  state === "failed" || state === "interrupted"
    ? "red"
    : state === "cancelled"
      ? "gray"
      : state === "done" && refused > 0
        ? "yellow"
        : "leaf";
