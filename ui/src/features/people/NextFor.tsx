/** What comes next for somebody, and why: the walk of their next claim, batch by batch. */
import { Badge, Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { memberQueueQuery } from "~/api/order";
import type { QueueStep, QueueVerdict } from "~/api/types";
import { Failure, Waiting } from "~/components/Page";
import css from "~/components/page.module.css";
import { plural } from "~/lib/format";

const VERDICTS: Record<QueueVerdict, { text: string; color: string }> = {
  next: { text: "Next", color: "leaf" },
  later: { text: "Later", color: "blue" },
  holds_maximum: { text: "Hands full", color: "yellow" },
  paused: { text: "Paused", color: "yellow" },
  nothing_left: { text: "Nothing left", color: "gray" },
  not_open: { text: "Not open to them", color: "gray" },
  managers_only: { text: "For managers", color: "gray" },
  mixed_in: { text: "Mixed in", color: "gray" },
  no_role: { text: "No role for it", color: "gray" },
};

export function NextFor({
  projectId,
  user,
  onClose,
}: {
  projectId: string;
  user: { id: string; name: string };
  onClose: () => void;
}) {
  const query = useQuery({ ...memberQueueQuery(projectId, user.id), refetchInterval: 5_000 });
  const told = query.data;
  return (
    <Modal opened onClose={onClose} size={780} title={`What comes next for ${user.name}`}>
      {query.isPending && <Waiting what="queue" />}
      {query.error !== null && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {told !== undefined && (
        <>
          <p style={{ marginTop: 0 }}>
            Holds {told.held.length} of at most {plural(told.held_max, "task")}.
            {told.held.length >= told.held_max && " Nothing new comes until one is handed in."}
          </p>
          {told.steps.length === 0 ? (
            <p className={css.dim}>No batch of this project is served.</p>
          ) : (
            <table className={css.table}>
              <thead>
                <tr>
                  <th style={{ width: 74 }}>Work</th>
                  <th>Batch</th>
                  <th style={{ width: 140 }}>Served</th>
                  <th>Why</th>
                </tr>
              </thead>
              <tbody>
                {told.steps.map((step) => (
                  <StepRow key={step.work + step.batch.id} projectId={projectId} step={step} />
                ))}
              </tbody>
            </table>
          )}
        </>
      )}
    </Modal>
  );
}

function StepRow({ projectId, step }: { projectId: string; step: QueueStep }) {
  const { text, color } = VERDICTS[step.verdict] ?? { text: step.verdict, color: "gray" };
  return (
    <tr>
      <td>{step.work === "label" ? "Label" : "Review"}</td>
      <td>
        <Link to="/p/$projectId/batches/$batchId" params={{ projectId, batchId: step.batch.id }}>
          {step.batch.name}
        </Link>
      </td>
      <td>
        <Badge color={color} tt="none">
          {text}
        </Badge>
      </td>
      <td className={css.dim} style={{ whiteSpace: "normal" }}>
        {step.reason.charAt(0).toUpperCase() + step.reason.slice(1)}
      </td>
    </tr>
  );
}
