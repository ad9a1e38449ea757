/** Changing the metadata of assets: of one at once, of many behind the answer. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { get, patch, post, send } from "./http";
import type {
  AssetDetail,
  MetadataPatch,
  MetadataUpdate,
  MetadataUpdateProblem,
  NewMetadataUpdate,
  Page,
} from "./types";

export const patchAsset = (projectId: string, assetId: string, metadata: MetadataPatch) =>
  patch<Partial<AssetDetail>>(`/projects/${projectId}/assets/${assetId}`, { metadata });

export const updateMetadata = (projectId: string, body: NewMetadataUpdate) =>
  post<MetadataUpdate>(`/projects/${projectId}/metadata-updates`, body);
/** A change a row. The answer comes when the server has read the file through once; then it works on it. */
export const sendMetadataFile = (
  projectId: string,
  file: File,
  format: "csv" | "jsonl",
  options: { signal: AbortSignal; onSent: (part: number) => void },
) =>
  send<MetadataUpdate>(`/projects/${projectId}/metadata-updates`, file, {
    ...options,
    type: format === "csv" ? "text/csv" : "application/jsonl",
  });
export const fetchMetadataUpdates = (
  projectId: string,
  query: { cursor: string | null; limit: number },
  signal?: AbortSignal,
) => get<Page<MetadataUpdate>>(`/projects/${projectId}/metadata-updates`, { query, signal });
/** The newest ones: more than can run at once. */
export const newestUpdatesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["metadata-updates", projectId],
    queryFn: ({ signal }) => fetchMetadataUpdates(projectId, { cursor: null, limit: 20 }, signal),
  });
export const metadataUpdateQuery = (projectId: string, id: string) =>
  queryOptions({
    queryKey: ["metadata-update", projectId, id],
    queryFn: ({ signal }) =>
      get<MetadataUpdate>(`/projects/${projectId}/metadata-updates/${id}`, { signal }),
  });
export const metadataReportQuery = (projectId: string, id: string) =>
  infiniteQueryOptions({
    queryKey: ["metadata-report", projectId, id],
    queryFn: ({ pageParam, signal }) =>
      get<Page<MetadataUpdateProblem>>(`/projects/${projectId}/metadata-updates/${id}/report`, {
        query: { limit: 200, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });
export const cancelMetadataUpdate = (projectId: string, id: string) =>
  post<MetadataUpdate>(`/projects/${projectId}/metadata-updates/${id}/cancel`);
