/** The people of the instance, for admins. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { get, patch } from "./http";
import type { AuditEntry, Page, Person } from "./types";

export const usersQuery = queryOptions({
  queryKey: ["users"],
  queryFn: ({ signal }) => get<Page<Person>>("/users", { query: { limit: 500 }, signal }),
});
export const updateUser = (id: string, body: { is_admin?: boolean; disabled?: boolean }) =>
  patch<Person>(`/users/${id}`, body);

export const auditQuery = infiniteQueryOptions({
  queryKey: ["audit"],
  queryFn: ({ pageParam, signal }) =>
    get<Page<AuditEntry>>("/audit", { query: { limit: 50, cursor: pageParam }, signal }),
  initialPageParam: null as string | null,
  getNextPageParam: (last) => last.next_cursor,
});
