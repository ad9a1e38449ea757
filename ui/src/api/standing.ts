/** Standing batches: a query that makes a batch every day, or whenever enough has come in. */
import { queryOptions } from "@tanstack/react-query";
import { del, get, patch, post } from "./http";
import type { NewStandingBatch, Page, StandingBatch, StandingRun } from "./types";

const base = (projectId: string) => `/projects/${projectId}/standing-batches`;

export const standingBatchesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["standing", projectId],
    queryFn: ({ signal }) =>
      get<Page<StandingBatch>>(base(projectId), { query: { limit: 500 }, signal }),
  });
export const standingBatchQuery = (projectId: string, id: string) =>
  queryOptions({
    queryKey: ["standing", projectId, id],
    queryFn: ({ signal }) => get<StandingBatch>(`${base(projectId)}/${id}`, { signal }),
  });
/** A page of past runs, newest first. */
export const fetchRuns = (
  projectId: string,
  id: string,
  cursor: string | null,
  signal?: AbortSignal,
) =>
  get<{ items: StandingRun[]; next_cursor?: string | null }>(`${base(projectId)}/${id}/runs`, {
    query: { cursor, limit: 50 },
    signal,
  });

export const createStanding = (projectId: string, body: NewStandingBatch) =>
  post<StandingBatch>(base(projectId), body);
export const changeStanding = (projectId: string, id: string, body: Partial<NewStandingBatch>) =>
  patch<StandingBatch>(`${base(projectId)}/${id}`, body);
export const deleteStanding = (projectId: string, id: string) => del(`${base(projectId)}/${id}`);
export type StandingAction = "pause" | "resume" | "run";
export const actOnStanding = (projectId: string, id: string, action: StandingAction) =>
  post<StandingBatch>(`${base(projectId)}/${id}/${action}`);
