/** Known answers in words. Pure. */
import type { KnownAnswersWritten } from "~/api/types";
import { count, plural } from "~/lib/format";

/** Why a quality batch cannot be launched yet; null is "not known yet". */
export const missingText = (missing: number | null): string =>
  missing === null
    ? "Counting its known answers"
    : `${plural(missing, "task has", "tasks have")} no known answer yet`;

/** What taking or uploading answers did. */
export function writtenText({ written, missing }: KnownAnswersWritten): string {
  const rest = missing === 0 ? "All tasks have one now." : `${count(missing)} still missing.`;
  return `${plural(written, "known answer")} written. ${rest}`;
}
