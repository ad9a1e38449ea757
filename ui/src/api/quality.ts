/** Known answers of gold and training batches, and how people do on them. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { get, post, put } from "./http";
import type { KnownAnswers, KnownAnswersWritten, NewKnownAnswer, Quality } from "./types";

/** A page of them, in upload order. */
export const fetchKnownAnswers = (
  projectId: string,
  batchId: string,
  cursor: string | null,
  limit: number,
  signal?: AbortSignal,
) =>
  get<KnownAnswers>(`/projects/${projectId}/batches/${batchId}/known-answers`, {
    query: { limit, cursor },
    signal,
  });
/** Read again when somebody handed in. */
export const knownAnswersQuery = (projectId: string, batchId: string) =>
  infiniteQueryOptions({
    queryKey: ["known-answers", projectId, batchId],
    queryFn: ({ pageParam, signal }) =>
      fetchKnownAnswers(projectId, batchId, pageParam, 50, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });
/** All of them or none; 422 with the place of what is wrong. */
export const putKnownAnswers = (projectId: string, batchId: string, items: NewKnownAnswer[]) =>
  put<KnownAnswersWritten>(`/projects/${projectId}/batches/${batchId}/known-answers`, { items });
/** Takes the answers of the done tasks of another batch; known ones stay. */
export const copyKnownAnswers = (projectId: string, batchId: string, from: string) =>
  post<KnownAnswersWritten>(`/projects/${projectId}/batches/${batchId}/known-answers/copy`, {
    from_batch_id: from,
  });

export const qualityQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["quality", projectId],
    queryFn: ({ signal }) => get<Quality>(`/projects/${projectId}/quality`, { signal }),
  });
