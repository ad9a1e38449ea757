/** The annotator's queue: what is open, claiming, keeping, drafting, handing in. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { get, post, put } from "./http";
import type {
  Claim,
  HistoryEntry,
  Page,
  Queue,
  Response,
  ReviewSaid,
  Skip,
  Submitted,
} from "./types";

export const fetchQueue = (signal?: AbortSignal) => get<Queue>("/queue", { signal });
export const queueQuery = queryOptions({
  queryKey: ["queue"],
  queryFn: ({ signal }) => fetchQueue(signal),
  staleTime: 5_000,
});

export const claimTasks = (
  body: { claim_id: string; project_id?: string; count?: 1 | 2 | 3 },
  signal?: AbortSignal,
) => post<Claim>("/queue/claim", body, { signal });
export const heartbeat = (leaseId: string) =>
  post<{ lease_remaining_ms: number }>(`/queue/leases/${leaseId}/heartbeat`, {});
export const saveDraft = (leaseId: string, response: Response, seq: number, keepalive = false) =>
  put<{ lease_remaining_ms: number; saved_at: string }>(
    `/queue/leases/${leaseId}/draft`,
    { response, seq },
    { keepalive },
  );
export const submitTask = (
  leaseId: string,
  body: { submission_id: string; response: Response; seconds: number },
) => post<Submitted>(`/queue/leases/${leaseId}/submit`, body);
export const acceptTask = (leaseId: string, body: { review_id: string }) =>
  post<ReviewSaid>(`/queue/leases/${leaseId}/accept`, body);
/** No slots: all judgements are to be made again. */
export const rejectTask = (
  leaseId: string,
  body: { review_id: string; note: string; slots: number[] },
) => post<ReviewSaid>(`/queue/leases/${leaseId}/reject`, body);
export const fixTask = (
  leaseId: string,
  body: { review_id: string; response: Response; seconds: number },
) => post<ReviewSaid>(`/queue/leases/${leaseId}/fix`, body);
/** Changes an answer that one handed in, while no review of it has begun. */
export const amendTask = (
  taskId: string,
  body: { submission_id: string; response: Response; seconds: number },
) => post<Submitted>(`/queue/tasks/${taskId}/amend`, body);
export const releaseTask = (leaseId: string, keepalive = false) =>
  post<void>(`/queue/leases/${leaseId}/release`, {}, { keepalive });
export const skipTask = (leaseId: string, reason: string) =>
  post<void>(`/queue/leases/${leaseId}/skip`, { reason });

/** Tasks that one passed on, newest first. */
export const skipsQuery = (projectId?: string) =>
  queryOptions({
    queryKey: ["skips", projectId ?? null],
    queryFn: ({ signal }) =>
      get<{ items: Skip[] }>("/queue/skips", { query: { project_id: projectId }, signal }),
  });
/** Nobody named: one's own skip. */
export const unskipTask = (projectId: string, taskId: string, person?: string) =>
  post<void>(`/projects/${projectId}/tasks/${taskId}/unskip`, { person: person ?? null });

export const historyQuery = (projectId?: string) =>
  infiniteQueryOptions({
    queryKey: ["history", projectId ?? null],
    queryFn: ({ pageParam, signal }) =>
      get<Page<HistoryEntry>>("/queue/history", {
        query: { project_id: projectId, limit: 50, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });
