/** What was done to a batch, in words. Pure. */
import type { Appended, Batch, BatchState } from "~/api/types";
import { isQuality } from "./kinds";
import { count, plural } from "~/lib/format";

/** States in which a batch takes more assets. */
const TAKES: readonly BatchState[] = ["staging", "in_progress", "paused", "completed"];
export const takesMore = (
  batch: Pick<Batch, "state" | "archived" | "kind" | "brought_in">,
): boolean =>
  !batch.archived &&
  // It grows by answers that are brought in only.
  !batch.brought_in &&
  TAKES.includes(batch.state) &&
  // New tasks of a launched one would have no known answer.
  (batch.state === "staging" || !isQuality(batch.kind));

export function addedText({ added, already, batch }: Appended): string {
  const known = already > 0 ? `; ${count(already)} were in it already` : "";
  return `${plural(added, "asset")} added to “${batch.name}”${known}.`;
}
