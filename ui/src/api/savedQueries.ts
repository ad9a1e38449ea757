/** Queries that people keep under a name, for themselves or for everybody in the project. */
import { queryOptions } from "@tanstack/react-query";
import { del, get, patch, post } from "./http";
import type { SavedQuery } from "./types";

export const savedQueriesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["saved-queries", projectId],
    queryFn: ({ signal }) =>
      get<{ items: SavedQuery[] }>(`/projects/${projectId}/saved-queries`, { signal }),
  });

type Body = { name: string; query: string; sort: string | null; shared: boolean };

export const saveQuery = (projectId: string, body: Body) =>
  post<SavedQuery>(`/projects/${projectId}/saved-queries`, body);
export const changeSavedQuery = (projectId: string, id: string, body: Partial<Body>) =>
  patch<SavedQuery>(`/projects/${projectId}/saved-queries/${id}`, body);
export const deleteSavedQuery = (projectId: string, id: string) =>
  del(`/projects/${projectId}/saved-queries/${id}`);
