/** What a webhook was told, what came of it, and sending something again. */
import { Badge, Button, CloseButton } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Delivery, Webhook } from "~/api/types";
import { deliveriesQuery, redeliver } from "~/api/webhooks";
import { CodeLine } from "~/components/CodeLine";
import { notifyError, sentence } from "~/components/notify";
import { Failure, Section, Waiting } from "~/components/Page";
import css from "~/components/page.module.css";
import { TimeAgo } from "~/components/TimeAgo";
import { moment, took } from "~/lib/format";
import own from "./webhooks.module.css";

const BADGES = {
  delivered: { color: "teal", text: "Delivered" },
  waiting: { color: "yellow", text: "Waiting" },
  failed: { color: "red", text: "Failed" },
} as const;

export function WebhookLog({
  projectId,
  webhook,
  onClose,
}: {
  projectId: string;
  webhook: Webhook;
  onClose: () => void;
}) {
  const query = useInfiniteQuery(deliveriesQuery(projectId, webhook.id));
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section
      title={`What ${new URL(webhook.url).host} was told`}
      flush
      actions={<CloseButton aria-label="Close the log" size="sm" onClick={onClose} />}
    >
      {query.isPending && <Waiting what="the log" />}
      {query.error !== null && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && items.length === 0 && (
        <p className={own.nothing}>
          Nothing yet. Send a test, or wait until something happens. The log goes back 30 days.
        </p>
      )}
      {items.length > 0 && (
        <table className={`${css.table} ${css.fixed}`}>
          <thead>
            <tr>
              <th style={{ width: 156 }}>Event</th>
              <th style={{ width: 112 }}>State</th>
              <th style={{ width: 116 }}>Last attempt</th>
              <th>Answer</th>
              <th aria-label="Actions" style={{ width: 120 }} />
            </tr>
          </thead>
          <tbody>
            {items.map((delivery) => (
              <Row key={delivery.id} projectId={projectId} webhook={webhook} delivery={delivery} />
            ))}
          </tbody>
        </table>
      )}
      {query.hasNextPage && (
        <div className={own.more}>
          <Button
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Older ones
          </Button>
        </div>
      )}
    </Section>
  );
}

/** A status with how long it took, or why there is none. */
function attemptText({ status, error, took_ms }: Delivery["attempts"][number]): string {
  if (status !== null) return `${status} · ${took(took_ms)}`;
  return error === null ? `No answer · ${took(took_ms)}` : sentence(error);
}

function answerText({ attempts, state }: Delivery): string {
  const last = attempts[0];
  if (last === undefined) return state === "waiting" ? "Being sent" : "";
  return attemptText(last);
}

function Row({
  projectId,
  webhook,
  delivery,
}: {
  projectId: string;
  webhook: Webhook;
  delivery: Delivery;
}) {
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const again = useMutation({
    mutationFn: () => redeliver(projectId, webhook.id, delivery.id),
    onError: (error) => notifyError(error, "It was not sent again"),
    onSettled: () => {
      for (const key of ["webhooks", "deliveries"]) {
        void client.invalidateQueries({ queryKey: [key, projectId] });
      }
    },
  });
  const badge = BADGES[delivery.state];
  const first = delivery.attempts[0];
  return (
    <>
      <tr>
        <td>
          <button
            type="button"
            className={own.address}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            {delivery.event}
          </button>
        </td>
        <td>
          <Badge color={badge.color}>{badge.text}</Badge>
        </td>
        <td>{first === undefined ? "–" : <TimeAgo time={first.at} />}</td>
        <td className={css.dim}>{answerText(delivery)}</td>
        <td className={css.right}>
          <Button
            variant="subtle"
            size="compact-xs"
            loading={again.isPending}
            disabled={webhook.state !== "active"}
            onClick={() => again.mutate()}
          >
            Send again
          </Button>
        </td>
      </tr>
      {open && (
        <tr>
          <td colSpan={5}>
            <div className={own.details}>
              <CodeLine text={JSON.stringify(delivery.body, null, 2)} label="What is sent" />
              <ol className={own.attempts} aria-label="Attempts">
                {delivery.attempts.map((attempt) => (
                  <li key={attempt.at}>
                    {moment(attempt.at)}: {attemptText(attempt)}
                  </li>
                ))}
                {delivery.next_attempt_at !== null && (
                  <li>Next at {moment(delivery.next_attempt_at)}</li>
                )}
              </ol>
              <span className={`${css.mono} ${css.dim}`}>{delivery.id}</span>
            </div>
          </td>
        </tr>
      )}
    </>
  );
}
