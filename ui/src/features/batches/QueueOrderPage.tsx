/** /p/:id/batches/order: the batches in the order in which they are served; dragged, or moved by keys. */
import { ActionIcon, Badge, Button } from "@mantine/core";
import {
  IconArrowDown,
  IconArrowUp,
  IconGripVertical,
  IconListNumbers,
  IconRefresh,
} from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef, useState, type KeyboardEvent } from "react";
import { putQueueOrder, queueOrderQuery, resetQueueOrder } from "~/api/order";
import { projectQuery } from "~/api/projects";
import type { PlacedBatch, QueueOrder, User } from "~/api/types";
import { BatchesTabs } from "~/components/batch/BatchesTabs";
import { Due } from "~/components/batch/Due";
import { isQuality } from "~/components/batch/kinds";
import { BatchStateBadge, KINDS } from "~/components/BatchState";
import { Keys } from "~/components/Keys";
import { notifyError } from "~/components/notify";
import { EmptyState, Failure, Page, Section, Waiting } from "~/components/Page";
import css from "~/components/page.module.css";
import { count } from "~/lib/format";
import { isManager } from "~/lib/roles";
import { moved, reach, REASONS } from "./moved";
import own from "./order.module.css";

export function QueueOrderPage({ projectId, user }: { projectId: string; user: User }) {
  const client = useQueryClient();
  const query = useQuery({ ...queueOrderQuery(projectId), refetchInterval: 15_000 });
  const project = useQuery(projectQuery(projectId));
  const manager = project.data !== undefined && isManager(user, project.data);
  const { queryKey } = queueOrderQuery(projectId);
  const put = useMutation({
    mutationFn: (batches: PlacedBatch[]) =>
      putQueueOrder(
        projectId,
        batches.map(({ id }) => id),
      ),
    onMutate: async (batches) => {
      await client.cancelQueries({ queryKey });
      const before = client.getQueryData<QueueOrder>(queryKey);
      client.setQueryData<QueueOrder>(queryKey, (now) => now && { ...now, batches });
      return before;
    },
    onSuccess: (order) => client.setQueryData(queryKey, order),
    onError: (error, _, before) => {
      client.setQueryData(queryKey, before);
      notifyError(error, "The order is as it was");
    },
  });
  const reset = useMutation({
    mutationFn: () => resetQueueOrder(projectId),
    onSuccess: () => client.invalidateQueries({ queryKey }),
    onError: (error) => notifyError(error, "The order is as it was"),
  });
  const batches = query.data?.batches ?? [];
  return (
    <Page
      title="Queue order"
      note={query.data === undefined ? project.data?.name : orderNote(query.data)}
      width="full"
      actions={
        manager && (
          <Button
            variant="default"
            leftSection={<IconRefresh size={15} />}
            disabled={query.data?.by_hand !== true}
            loading={reset.isPending}
            onClick={() => reset.mutate()}
          >
            Reset to the recommended order
          </Button>
        )
      }
    >
      <BatchesTabs projectId={projectId} />
      {query.isPending && <Waiting what="order of the queue" />}
      {query.error !== null && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && batches.length === 0 && (
        <EmptyState icon={<IconListNumbers size={24} />} title="Nothing is served">
          Batches in staging, in progress and paused stand here in the order in which their tasks
          are handed out.
        </EmptyState>
      )}
      {batches.length > 0 && (
        <Section label="Order of the queue" flush>
          <OrderTable
            projectId={projectId}
            batches={batches}
            manager={manager}
            onMove={(from, to) => put.mutate(moved(batches, from, to))}
          />
        </Section>
      )}
      {batches.length > 0 && (
        <p className={css.dim}>
          Reviews are handed out before labels; within each, the batches in this order.
          {manager && (
            <>
              {" "}
              Drag a row, or focus it and press <Keys shortcut="Alt+ArrowUp" /> or{" "}
              <Keys shortcut="Alt+ArrowDown" />. A batch that is made later comes after those that
              were put by hand.
            </>
          )}
        </p>
      )}
    </Page>
  );
}

const orderNote = ({ by_hand }: QueueOrder): string =>
  by_hand ? "Put into order by hand" : "Recommended: kind, then priority, then older first";

function OrderTable({
  projectId,
  batches,
  manager,
  onMove,
}: {
  projectId: string;
  batches: PlacedBatch[];
  manager: boolean;
  onMove: (from: number, to: number) => void;
}) {
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const rows = useRef(new Map<string, HTMLTableRowElement>());
  const [said, setSaid] = useState("");
  const move = (from: number, to: number) => {
    const batch = batches[from];
    const [first, last] = reach(batches, from);
    if (batch === undefined || to < first || to > last || to === from) return;
    onMove(from, to);
    setSaid(`${batch.name} is now number ${to + 1} of ${batches.length}`);
    // The row is the same element at another place: it keeps the focus.
    requestAnimationFrame(() => rows.current.get(batch.id)?.focus());
  };
  const handleKey = (event: KeyboardEvent, at: number) => {
    if (!manager || !event.altKey) return;
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    move(at, event.key === "ArrowUp" ? at - 1 : at + 1);
  };
  const finish = () => {
    if (dragged !== null && over !== null) move(dragged, over);
    setDragged(null);
    setOver(null);
  };
  return (
    <>
      <table className={`${css.table} ${css.fixed}`}>
        <thead>
          <tr>
            <th className={css.right} style={{ width: 40 }}>
              #
            </th>
            <th>Batch</th>
            <th style={{ width: 108 }}>State</th>
            <th style={{ width: 100 }}>Kind</th>
            <th className={css.right} style={{ width: 74 }}>
              Priority
            </th>
            <th
              className={css.right}
              style={{ width: 96 }}
              title="Judgements that nobody holds yet"
            >
              To label
            </th>
            <th className={css.right} style={{ width: 92 }} title="Reviews that nobody holds yet">
              To review
            </th>
            <th style={{ width: "17%" }}>Why here</th>
            {manager && <th aria-label="Move" style={{ width: 92 }} />}
          </tr>
        </thead>
        <tbody>
          {batches.map((batch, at) => {
            const [first, last] = reach(batches, at);
            return (
              <tr
                key={batch.id}
                ref={(row) => {
                  if (row === null) rows.current.delete(batch.id);
                  else rows.current.set(batch.id, row);
                }}
                className={own.row}
                data-over={over === at && dragged !== null && dragged !== at}
                data-below={dragged !== null && dragged < at}
                data-dragged={dragged === at}
                tabIndex={manager ? 0 : undefined}
                aria-label={`${at + 1}: ${batch.name}`}
                draggable={manager}
                onDragStart={(event) => {
                  event.dataTransfer.effectAllowed = "move";
                  setDragged(at);
                }}
                onDragOver={(event) => {
                  if (dragged === null) return;
                  const [from, until] = reach(batches, dragged);
                  if (at < from || at > until) return;
                  event.preventDefault();
                  setOver(at);
                }}
                onDrop={(event) => {
                  event.preventDefault();
                  finish();
                }}
                onDragEnd={() => {
                  setDragged(null);
                  setOver(null);
                }}
                onKeyDown={(event) => handleKey(event, at)}
              >
                <td className={`${css.right} num`}>{at + 1}</td>
                <td title={batch.name}>
                  <span className={own.name}>
                    {manager && <IconGripVertical size={14} className={own.grip} aria-hidden />}
                    <span className={own.words}>
                      <Link
                        to="/p/$projectId/batches/$batchId"
                        params={{ projectId, batchId: batch.id }}
                        draggable={false}
                      >
                        {batch.name}
                      </Link>
                      <Due batch={batch} />
                    </span>
                  </span>
                </td>
                <td>
                  <BatchStateBadge batch={{ state: batch.state, archived: false }} />
                </td>
                <td className={css.dim}>{KINDS[batch.kind] ?? batch.kind}</td>
                <td className={css.right}>{batch.priority}</td>
                <td className={css.right}>{isQuality(batch.kind) ? "–" : count(batch.pending)}</td>
                <td className={css.right}>{count(batch.to_review)}</td>
                <td className={css.dim}>
                  {batch.reason === "by_hand" ? (
                    <Badge color="leaf" tt="none">
                      {REASONS.by_hand}
                    </Badge>
                  ) : (
                    (REASONS[batch.reason] ?? batch.reason)
                  )}
                </td>
                {manager && (
                  <td>
                    <span style={{ display: "flex", gap: 4 }}>
                      <ActionIcon
                        variant="subtle"
                        color="gray"
                        aria-label={`Move ${batch.name} up`}
                        disabled={at <= first}
                        onClick={() => move(at, at - 1)}
                      >
                        <IconArrowUp size={15} />
                      </ActionIcon>
                      <ActionIcon
                        variant="subtle"
                        color="gray"
                        aria-label={`Move ${batch.name} down`}
                        disabled={at >= last}
                        onClick={() => move(at, at + 1)}
                      >
                        <IconArrowDown size={15} />
                      </ActionIcon>
                    </span>
                  </td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
      <div role="status" className={own.said}>
        {said}
      </div>
    </>
  );
}
