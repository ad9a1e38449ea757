/** Batches: the dry run, making, and what one can do with one. */
import { queryOptions } from "@tanstack/react-query";
import { del, get, patch, post } from "./http";
import type {
  Appended,
  Batch,
  BatchAgreement,
  BatchDiff,
  BatchKind,
  BatchRevision,
  Judging,
  NewBatch,
  Page,
  Recipe,
  Removed,
  Selection,
  Serving,
  Split,
} from "./types";

export const fetchBatches = (
  projectId: string,
  query: { archived: boolean; cursor: string | null; limit: number },
  signal?: AbortSignal,
) => get<Page<Batch>>(`/projects/${projectId}/batches`, { query, signal });

/** Batches that a list to choose from holds. */
const CHOICES = 1000;
/** The newest batches that are not archived, to choose from; `total` tells when there are more. */
export const batchesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["batches", projectId],
    queryFn: async ({ signal }) => {
      const items: Batch[] = [];
      let cursor: string | null = null;
      for (;;) {
        const page: Page<Batch> = await fetchBatches(
          projectId,
          { archived: false, cursor, limit: 200 },
          signal,
        );
        items.push(...page.items);
        cursor = page.next_cursor;
        if (cursor === null || items.length >= CHOICES) return { items, total: page.total };
      }
    },
  });
export const batchQuery = (projectId: string, batchId: string) =>
  queryOptions({
    queryKey: ["batch", projectId, batchId],
    queryFn: ({ signal }) => get<Batch>(`/projects/${projectId}/batches/${batchId}`, { signal }),
  });

/** What a recipe would pick right now; makes nothing. */
export const dryRun = (
  projectId: string,
  body: { recipe: Recipe; facets?: string[]; sample?: number },
  signal?: AbortSignal,
) => post<Selection>(`/projects/${projectId}/select`, body, { signal });

export const createBatch = (projectId: string, body: NewBatch) =>
  post<Batch>(`/projects/${projectId}/batches`, body);
export type BatchAction = "launch" | "pause" | "resume" | "cancel" | "archive" | "unarchive";
export const actOnBatch = (projectId: string, batchId: string, action: BatchAction) =>
  post<Batch>(`/projects/${projectId}/batches/${batchId}/${action}`);
export const updateBatch = (
  projectId: string,
  batchId: string,
  body: { name?: string; priority?: number; gold_rate?: number } & Partial<Judging & Serving>,
) => patch<Batch>(`/projects/${projectId}/batches/${batchId}`, body);
export const deleteBatch = (projectId: string, batchId: string) =>
  del(`/projects/${projectId}/batches/${batchId}`);
export const rerunBatch = (
  projectId: string,
  batchId: string,
  body: { name: string; at: "now" | "then"; kind?: BatchKind; launch?: boolean } & Partial<Judging>,
) => post<Batch>(`/projects/${projectId}/batches/${batchId}/rerun`, body);

export const splitBatch = (projectId: string, batchId: string, body: Split) =>
  post<{ items: Batch[] }>(`/projects/${projectId}/batches/${batchId}/split`, body);
/** Puts what a recipe picks into a batch that is there; a dry run only counts. */
export const appendToBatch = (
  projectId: string,
  batchId: string,
  body: { recipe: Recipe; dry_run?: boolean },
  signal?: AbortSignal,
) => post<Appended>(`/projects/${projectId}/batches/${batchId}/append`, body, { signal });
/** Takes what a recipe picks out of a batch in staging; a dry run only counts. */
export const removeFromBatch = (
  projectId: string,
  batchId: string,
  body: { recipe: Recipe; dry_run?: boolean },
  signal?: AbortSignal,
) => post<Removed>(`/projects/${projectId}/batches/${batchId}/remove`, body, { signal });
export const revisionsQuery = (projectId: string, batchId: string, revision: number) =>
  queryOptions({
    queryKey: ["batch-revisions", projectId, batchId, revision],
    queryFn: ({ signal }) =>
      get<{ items: BatchRevision[] }>(`/projects/${projectId}/batches/${batchId}/revisions`, {
        query: { limit: 200 },
        signal,
      }),
  });
/** How far the people of a batch agree; read again when another judgement has come. */
export const agreementQuery = (projectId: string, batchId: string, submitted: number) =>
  queryOptions({
    queryKey: ["batch-agreement", projectId, batchId, submitted],
    queryFn: ({ signal }) =>
      get<BatchAgreement>(`/projects/${projectId}/batches/${batchId}/agreement`, { signal }),
    placeholderData: (old) => old,
  });
/** Computed when it is asked for, never by itself. */
export const diffQuery = (projectId: string, batchId: string) =>
  queryOptions({
    queryKey: ["batch-diff", projectId, batchId],
    queryFn: ({ signal }) =>
      get<BatchDiff>(`/projects/${projectId}/batches/${batchId}/diff`, { signal }),
    staleTime: 0,
    gcTime: 30_000,
    refetchOnWindowFocus: false,
    retry: false,
  });
