/** Projects, their settings, members and taxonomy. */
import { queryOptions } from "@tanstack/react-query";
import { get, patch, post, put } from "./http";
import type {
  Media,
  Member,
  Page,
  Project,
  ProjectDetail,
  ProjectSettings,
  Role,
  Taxonomy,
  TaxonomyVersion,
} from "./types";

export const projectsQuery = queryOptions({
  queryKey: ["projects"],
  queryFn: ({ signal }) => get<Page<Project>>("/projects", { query: { limit: 500 }, signal }),
});
export const projectQuery = (id: string) =>
  queryOptions({
    queryKey: ["project", id],
    queryFn: ({ signal }) => get<ProjectDetail>(`/projects/${id}`, { signal }),
  });
export const createProject = (body: {
  name: string;
  media: Media;
  taxonomy?: Taxonomy;
  instructions?: string;
}) => post<Project>("/projects", body);
export const updateProject = (
  id: string,
  body: {
    name?: string;
    instructions?: string;
    settings?: Partial<ProjectSettings>;
    archived?: boolean;
  },
) => patch<ProjectDetail>(`/projects/${id}`, body);

/** The taxonomy in force, or one past version (which never changes). */
export const taxonomyQuery = (projectId: string, version?: number) =>
  queryOptions({
    queryKey: ["taxonomy", projectId, version ?? "current"],
    queryFn: ({ signal }) =>
      get<TaxonomyVersion>(`/projects/${projectId}/taxonomy`, { query: { version }, signal }),
    staleTime: version === undefined ? 15_000 : Infinity,
  });
export const saveTaxonomy = (projectId: string, taxonomy: Taxonomy, baseVersion: number) =>
  put<TaxonomyVersion>(`/projects/${projectId}/taxonomy`, { taxonomy, base_version: baseVersion });

export const membersQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["members", projectId],
    queryFn: ({ signal }) =>
      get<Page<Member>>(`/projects/${projectId}/members`, { query: { limit: 500 }, signal }),
  });
/** Hands somebody nothing new, or new tasks again; what they hold may be finished. */
export const pauseMember = (projectId: string, userId: string, paused: boolean) =>
  post<Member>(`/projects/${projectId}/members/${userId}/${paused ? "pause" : "resume"}`);
/** Takes everything that somebody holds out of their hands. */
export const revokeMember = (projectId: string, userId: string) =>
  post<{ revoked: number }>(`/projects/${projectId}/members/${userId}/revoke`);
export const setMember = (projectId: string, userId: string, roles: Role[]) =>
  put<Member>(`/projects/${projectId}/members/${userId}`, { roles });
