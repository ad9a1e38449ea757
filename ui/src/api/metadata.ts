/** Changing the metadata of assets: of one at once, of many behind the answer. */
import { queryOptions } from "@tanstack/react-query";
import { get, patch, post } from "./http";
import type {
  AssetDetail,
  MetadataPatch,
  MetadataUpdate,
  MetadataUpdateProblem,
  NewMetadataUpdate,
} from "./types";

export const patchAsset = (projectId: string, assetId: string, metadata: MetadataPatch) =>
  patch<Partial<AssetDetail>>(`/projects/${projectId}/assets/${assetId}`, { metadata });

export const updateMetadata = (projectId: string, body: NewMetadataUpdate) =>
  post<MetadataUpdate>(`/projects/${projectId}/metadata-updates`, body);
export const metadataUpdateQuery = (projectId: string, id: string) =>
  queryOptions({
    queryKey: ["metadata-update", projectId, id],
    queryFn: ({ signal }) =>
      get<MetadataUpdate>(`/projects/${projectId}/metadata-updates/${id}`, { signal }),
  });
export const metadataReportQuery = (projectId: string, id: string) =>
  queryOptions({
    queryKey: ["metadata-report", projectId, id],
    queryFn: ({ signal }) =>
      get<{ items: MetadataUpdateProblem[] }>(
        `/projects/${projectId}/metadata-updates/${id}/report`,
        {
          query: { limit: 200 },
          signal,
        },
      ),
  });
export const cancelMetadataUpdate = (projectId: string, id: string) =>
  post<MetadataUpdate>(`/projects/${projectId}/metadata-updates/${id}/cancel`);
