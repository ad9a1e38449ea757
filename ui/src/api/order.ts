/** Who is served what, in which order, and why: for managers. */
import { queryOptions } from "@tanstack/react-query";
import { del, get, patch, post, put } from "./http";
import type { Group, MemberQueue, Page, QueueOrder, TaskQueue } from "./types";

export const groupsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["groups", projectId],
    queryFn: ({ signal }) =>
      get<Page<Group>>(`/projects/${projectId}/groups`, { query: { limit: 500 }, signal }),
  });
export const createGroup = (projectId: string, body: { name: string; people: string[] }) =>
  post<Group>(`/projects/${projectId}/groups`, body);
export const updateGroup = (
  projectId: string,
  groupId: string,
  body: { name?: string; people?: string[] },
) => patch<Group>(`/projects/${projectId}/groups/${groupId}`, body);
export const deleteGroup = (projectId: string, groupId: string) =>
  del(`/projects/${projectId}/groups/${groupId}`);

const orderPath = (projectId: string) => `/projects/${projectId}/queue-order`;
export const queueOrderQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["queue-order", projectId],
    queryFn: ({ signal }) => get<QueueOrder>(orderPath(projectId), { signal }),
  });
/** First first; the others follow in the recommended order. */
export const putQueueOrder = (projectId: string, batches: string[]) =>
  put<QueueOrder>(orderPath(projectId), { batches });
export const resetQueueOrder = (projectId: string) => del(orderPath(projectId));

export const memberQueueQuery = (projectId: string, userId: string) =>
  queryOptions({
    queryKey: ["member-queue", projectId, userId],
    queryFn: ({ signal }) =>
      get<MemberQueue>(`/projects/${projectId}/members/${userId}/queue`, { signal }),
    staleTime: 0,
  });
export const taskQueueQuery = (projectId: string, taskId: string) =>
  queryOptions({
    queryKey: ["task-queue", projectId, taskId],
    queryFn: ({ signal }) =>
      get<TaskQueue>(`/projects/${projectId}/tasks/${taskId}/queue`, { signal }),
    staleTime: 0,
  });
