/** How batches go: their tasks by where they stand, pace, people, rehearsals, and what happens live. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { apiUrl, get, post } from "./http";
import type {
  Assume,
  BatchProgressDetail,
  BatchProgressEvent,
  BatchTaskPage,
  Insights,
  Rehearsal,
  TaskStanding,
} from "./types";

export const batchTasksQuery = (projectId: string, batchId: string, standing: TaskStanding) =>
  infiniteQueryOptions({
    queryKey: ["batch-tasks", projectId, batchId, standing],
    queryFn: ({ pageParam, signal }) =>
      get<BatchTaskPage>(`/projects/${projectId}/batches/${batchId}/tasks`, {
        query: { standing, limit: 50, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    staleTime: 0,
  });
export const progressQuery = (projectId: string, batchId: string) =>
  queryOptions({
    queryKey: ["batch-progress", projectId, batchId],
    queryFn: ({ signal }) =>
      get<BatchProgressDetail>(`/projects/${projectId}/batches/${batchId}/progress`, { signal }),
  });
export const insightsQuery = (projectId: string, hours: number) =>
  queryOptions({
    queryKey: ["insights", projectId, hours],
    queryFn: ({ signal }) =>
      get<Insights>(`/projects/${projectId}/insights`, { query: { hours }, signal }),
  });

export const rehearseBatch = (projectId: string, batchId: string, assume: Assume) =>
  post<Rehearsal>(`/projects/${projectId}/batches/${batchId}/rehearse`, assume);

export type TaskStep = "revoke" | "unblock" | "reopen";
export const stepOnTask = (
  projectId: string,
  taskId: string,
  step: TaskStep,
  body: { level?: number; slot?: number; reason?: string },
) => post<void>(`/projects/${projectId}/tasks/${taskId}/${step}`, body);
/** Takes a task out of whatever hands hold it and keeps it for somebody. */
export const assignTask = (
  projectId: string,
  taskId: string,
  body: { user_id: string; hours: number; level?: number; slot?: number; reason?: string },
) => post<void>(`/projects/${projectId}/tasks/${taskId}/assign`, body);

/** Follows the batches under way. Returns the way to stop. `onLost` is told false as soon as it is there again. */
export function followBatches(
  projectId: string,
  {
    onProgress,
    onLost,
  }: { onProgress: (event: BatchProgressEvent) => void; onLost: (lost: boolean) => void },
): () => void {
  const source = new EventSource(apiUrl(`/projects/${projectId}/events`));
  source.onopen = () => onLost(false);
  // A browser comes back by itself, but for an answer that is no stream; then polling goes on alone.
  source.onerror = () => onLost(true);
  source.addEventListener("batch.progress", (message) => {
    onProgress(JSON.parse((message as MessageEvent<string>).data) as BatchProgressEvent);
  });
  return () => source.close();
}
