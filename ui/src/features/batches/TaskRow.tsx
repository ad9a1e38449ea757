/** One row of a batch's tasks: what it is, who has to do with it, and the buttons of a manager. */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { TaskStep } from "~/api/insights";
import type { Batch, BatchTask, TaskStanding } from "~/api/types";
import { Thumb } from "~/components/asset/Thumb";
import own from "~/components/insights/insights.module.css";
import css from "~/components/page.module.css";
import { TimeAgo } from "~/components/TimeAgo";
import { duration } from "~/lib/format";

export function TaskRow({
  projectId,
  batch,
  task,
  standing,
  onStep,
  onGive,
  onReopen,
}: {
  projectId: string;
  batch: Batch;
  task: BatchTask;
  standing: TaskStanding;
  onStep: (what: TaskStep) => void;
  onGive: () => void;
  onReopen: () => void;
}) {
  const { asset } = task;
  const open = batch.state === "in_progress" || batch.state === "paused";
  const button = (text: string, run: () => void) => (
    <Button variant="default" size="compact-xs" aria-label={`${text}: ${asset.name}`} onClick={run}>
      {text}
    </Button>
  );
  return (
    <tr>
      <td>
        <span className={own.asset}>
          <Thumb src={asset.thumbnail} />
          <Link
            to="/p/$projectId/assets/$assetId"
            params={{ projectId, assetId: asset.id }}
            title={asset.name}
          >
            {asset.name}
          </Link>
        </span>
      </td>
      {standing !== "done" && <td className={css.dim}>{whatText(task, batch)}</td>}
      <td>
        <Who task={task} standing={standing} />
      </td>
      <td>
        <span className={own.acts}>
          {standing === "held" && button("Take back", () => onStep("revoke"))}
          {standing === "blocked" && button("Unblock", () => onStep("unblock"))}
          {standing !== "done" && open && button("Give to…", onGive)}
          {standing === "done" && batch.state !== "cancelled" && button("Reopen…", onReopen)}
        </span>
      </td>
    </tr>
  );
}

/** "Judgement 2, round 2", "Review 1": only what tells it apart. */
function whatText({ level, slot, round }: BatchTask, batch: Batch): string {
  const parts: string[] = [];
  if (level === 0) parts.push(batch.overlap > 1 ? `Judgement ${(slot ?? 0) + 1}` : "To label");
  if (level !== null && level > 0) {
    parts.push(batch.review_levels > 1 ? `Review ${level}` : "Review");
  }
  if (round > 1) parts.push(`round ${round}`);
  return parts.join(", ");
}

function Who({ task, standing }: { task: BatchTask; standing: TaskStanding }) {
  const names = task.people.map(({ name }) => name).join(", ");
  if (standing === "held") {
    const left = task.lease_remaining_ms ?? 0;
    return (
      <>
        {names} <span className={css.dim}>· since </span>
        <TimeAgo time={task.held_since} />
        {left <= 0 ? (
          <span className={own.warn}> · overdue by {duration(Math.ceil(-left / 60_000) * 60)}</span>
        ) : (
          <span className={css.dim}> · {duration(Math.ceil(left / 60_000) * 60)} left</span>
        )}
      </>
    );
  }
  if (standing === "kept" && task.kept_for !== null) {
    return (
      <>
        {task.kept_for.name} <span className={css.dim}>· until </span>
        <TimeAgo time={task.kept_until} />
      </>
    );
  }
  if (task.skips.length > 0) {
    return (
      <ul className={own.reasons}>
        {task.skips.map((skip) => (
          <li key={`${skip.by?.id} ${skip.at}`}>
            {skip.by?.name ?? "Somebody"}:{" "}
            {skip.reason === "" ? <span>no reason given</span> : skip.reason}{" "}
            <span>
              (<TimeAgo time={skip.at} />)
            </span>
          </li>
        ))}
      </ul>
    );
  }
  return <span className={css.dim}>{names === "" ? "Anybody" : names}</span>;
}
