/** Who is logged in, and how one comes in: log-in, set-up, invitations, own account. */
import { queryOptions } from "@tanstack/react-query";
import { del, get, patch, post } from "./http";
import type { ApiKey, Invitation, InvitationLookup, NewApiKey, Page, Role, Session } from "./types";

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => get<Session>("/session", { signal }),
  staleTime: 5 * 60_000,
});

export const logIn = (email: string, password: string) =>
  post<Session>("/session", { email, password });
export const logOut = () => del("/session");
export const setUp = (body: { token: string; email: string; name: string; password: string }) =>
  post<Session>("/setup", body);
export const updateMe = (body: { name?: string; password?: { current: string; new: string } }) =>
  patch<Session>("/session/user", body);

export const invitationLookupQuery = (token: string) =>
  queryOptions({
    queryKey: ["invitation", token],
    queryFn: ({ signal }) =>
      get<InvitationLookup>("/invitations/lookup", { query: { token }, signal }),
    retry: false,
  });
export const acceptInvitation = (body: {
  token: string;
  email?: string;
  name?: string;
  password?: string;
}) => post<Session>("/invitations/accept", body);

export const invitationsQuery = (projectId?: string) =>
  queryOptions({
    queryKey: ["invitations", projectId ?? null],
    queryFn: ({ signal }) =>
      get<Page<Invitation>>("/invitations", { query: { project_id: projectId }, signal }),
  });
export const invite = (body: {
  email?: string;
  is_admin?: boolean;
  project_id?: string;
  roles?: Role[];
}) => post<Invitation>("/invitations", body);
export const withdrawInvitation = (id: string) => del(`/invitations/${id}`);

export const keysQuery = queryOptions({
  queryKey: ["keys"],
  queryFn: ({ signal }) => get<Page<ApiKey>>("/keys", { signal }),
});
export const createKey = (name: string) => post<NewApiKey>("/keys", { name });
export const revokeKey = (id: string) => del(`/keys/${id}`);
