/** The library: pages of assets, one asset, fields, facets, and the query language's help. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { apiUrl, get, post } from "./http";
import type { AssetDetail, AssetPage, Completion, Facets, FieldList, Parsed } from "./types";

/** A page of assets by row number, as the virtual grid asks for it. */
export const fetchAssetPage = (
  projectId: string,
  query: { q: string; sort: string; offset: number; limit: number },
  signal?: AbortSignal,
) => get<AssetPage>(`/projects/${projectId}/assets`, { query, signal });

export const assetQuery = (projectId: string, assetId: string) =>
  queryOptions({
    queryKey: ["asset", projectId, assetId],
    queryFn: ({ signal }) =>
      get<AssetDetail>(`/projects/${projectId}/assets/${assetId}`, { signal }),
  });
/** The text of a text asset. */
export const assetTextQuery = (contentUrl: string) =>
  queryOptions({
    queryKey: ["asset-text", contentUrl],
    queryFn: async ({ signal }) => {
      const answer = await fetch(contentUrl, { signal });
      if (!answer.ok) throw new Error(`the text could not be read (${answer.status})`);
      return answer.text();
    },
    staleTime: Infinity,
  });

export const fieldsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["fields", projectId],
    queryFn: ({ signal }) => get<FieldList>(`/projects/${projectId}/fields`, { signal }),
    staleTime: 30_000,
  });
/** The fields with this text in their name, for projects that have more than one answer lists. */
export const fieldsFound = (projectId: string, find: string) =>
  queryOptions({
    queryKey: ["fields", projectId, find],
    queryFn: ({ signal }) =>
      get<FieldList>(`/projects/${projectId}/fields`, { query: { find, limit: 100 }, signal }),
    staleTime: 30_000,
  });
export const facetsQuery = (projectId: string, q: string, fields: string[], limit = 10) =>
  queryOptions({
    queryKey: ["facets", projectId, q, fields, limit],
    queryFn: ({ signal }) =>
      post<Facets>(`/projects/${projectId}/facets`, { q, fields, limit }, { signal }),
    enabled: fields.length > 0,
    placeholderData: keepPreviousData,
    retry: false,
  });
export const parseQuery = (projectId: string, q: string) =>
  queryOptions({
    queryKey: ["parse", projectId, q],
    queryFn: ({ signal }) => get<Parsed>(`/projects/${projectId}/parse`, { query: { q }, signal }),
    staleTime: 60_000,
  });
export const fetchCompletion = (projectId: string, q: string, at: number, signal?: AbortSignal) =>
  get<Completion>(`/projects/${projectId}/complete`, { query: { q, at }, signal });

export const exportUrl = (
  projectId: string,
  query: { format: string; q?: string; batch?: string; answers?: string; merged?: string },
) => apiUrl(`/projects/${projectId}/export`, query);
