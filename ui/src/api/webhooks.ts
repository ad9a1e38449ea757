/** Webhooks: addresses that are told what happens in a project, and the log of what they were told. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { del, get, patch, post } from "./http";
import type { Delivery, NewWebhook, Page, Webhook, WebhookWithSecret } from "./types";

const base = (projectId: string) => `/projects/${projectId}/webhooks`;
const one = (projectId: string, id: string) => `${base(projectId)}/${id}`;

/** Their states change by what endpoints answer, so they are looked at again. */
const LOOK_AGAIN_MS = 10_000;
/** While something is being sent. */
const LOOK_SOON_MS = 1_000;

export const webhooksQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["webhooks", projectId],
    queryFn: ({ signal }) => get<Page<Webhook>>(base(projectId), { query: { limit: 500 }, signal }),
    refetchInterval: LOOK_AGAIN_MS,
  });

type DeliveryPage = { items: Delivery[]; next_cursor?: string | null };

/** What a webhook was told, newest first. */
export const deliveriesQuery = (projectId: string, id: string) =>
  infiniteQueryOptions({
    queryKey: ["deliveries", projectId, id],
    queryFn: ({ signal, pageParam }) =>
      get<DeliveryPage>(`${one(projectId, id)}/deliveries`, {
        query: { cursor: pageParam, limit: 50 },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last: DeliveryPage) => last.next_cursor ?? null,
    refetchInterval: ({ state }) => {
      const first = state.data?.pages[0]?.items ?? [];
      const soon = new Date(Date.now() + LOOK_SOON_MS).toISOString();
      const sending = first.some((it) => it.next_attempt_at !== null && it.next_attempt_at < soon);
      return sending ? LOOK_SOON_MS : LOOK_AGAIN_MS;
    },
  });

export const createWebhook = (projectId: string, body: NewWebhook) =>
  post<WebhookWithSecret>(base(projectId), body);
export const changeWebhook = (
  projectId: string,
  id: string,
  body: Partial<NewWebhook> & { active?: boolean },
) => patch<Webhook>(one(projectId, id), body);
export const deleteWebhook = (projectId: string, id: string) => del(one(projectId, id));
export const rotateSecret = (projectId: string, id: string) =>
  post<WebhookWithSecret>(`${one(projectId, id)}/rotate`, {});
export const testWebhook = (projectId: string, id: string) =>
  post<Delivery>(`${one(projectId, id)}/test`, {});
export const redeliver = (projectId: string, id: string, delivery: string) =>
  post<Delivery>(`${one(projectId, id)}/deliveries/${delivery}/redeliver`, {});
