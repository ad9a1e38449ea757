/** Webhooks on the wire. */
import type { Id, Ref, Time } from "./types";

export type WebhookEvent =
  "batch.launched" | "batch.completed" | "task.submitted" | "task.reviewed" | "task.done";
export type Webhook = {
  id: Id;
  url: string;
  events: WebhookEvent[];
  /** Off by a manager; gone: the endpoint said so; failing: nothing but failures for days. */
  state: "active" | "off" | "gone" | "failing";
  failing_since: Time | null;
  /** 1000 means as many or more. */
  waiting: number;
  old_secret_until: Time | null;
  created_at: Time;
  created_by: Ref | null;
};
export type WebhookWithSecret = Webhook & { secret: string };
export type NewWebhook = { url: string; events: WebhookEvent[] };
export type DeliveryAttempt = {
  at: Time;
  status: number | null;
  error: string | null;
  took_ms: number;
};
export type Delivery = {
  id: Id;
  event: string;
  state: "waiting" | "delivered" | "failed";
  next_attempt_at: Time | null;
  body: Record<string, unknown>;
  /** Newest first. */
  attempts: DeliveryAttempt[];
};
