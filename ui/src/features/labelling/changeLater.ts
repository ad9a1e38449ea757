/** An answer of one's history, on its way to the labelling page to be changed. Memory only. */
import type { HistoryEntry } from "~/api/types";

let waiting: HistoryEntry | null = null;

export function handOver(entry: HistoryEntry): void {
  waiting = entry;
}

export function takeOver(projectId: string | undefined): HistoryEntry | null {
  const entry = waiting;
  waiting = null;
  return entry !== null && entry.project.id === projectId ? entry : null;
}
