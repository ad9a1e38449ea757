/** A batch's tasks by where they stand, and what a manager does to them. Only what somebody has touched is listed. */
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type KeyboardEvent } from "react";
import { batchTasksQuery, stepOnTask, type TaskStep } from "~/api/insights";
import type { Batch, BatchTask, TaskStanding } from "~/api/types";
import { confirm } from "~/components/confirm";
import own from "~/components/insights/insights.module.css";
import { MoreRows } from "~/components/MoreRows";
import { notifyDone, notifyError } from "~/components/notify";
import { Failure, Section } from "~/components/Page";
import css from "~/components/page.module.css";
import { count } from "~/lib/format";
import { ReassignDialog } from "./ReassignDialog";
import { ReopenDialog } from "./ReopenDialog";
import { TaskRow } from "./TaskRow";

/** `people` heads the column that says who has to do with it. */
type Kind = { standing: TaskStanding; text: string; people: string; none: string };
const KINDS: readonly Kind[] = [
  {
    standing: "held",
    text: "In hand",
    people: "Held by",
    none: "Nobody holds a task of this batch.",
  },
  {
    standing: "blocked",
    text: "Blocked",
    people: "Skipped by, and why",
    none: "Nothing is blocked.",
  },
  {
    standing: "open",
    text: "Came back",
    people: "For whom",
    none: "Nothing came back: what is left was never handed out.",
  },
  {
    standing: "to_review",
    text: "To review",
    people: "For whom",
    none: "Nothing waits for a reviewer.",
  },
  {
    standing: "kept",
    text: "Kept for somebody",
    people: "Kept for",
    none: "Nothing is kept for anybody.",
  },
  { standing: "done", text: "Done", people: "Done by", none: "Nothing is done yet." },
];

/** What is counted of a standing; the others are only listed. */
function counted(standing: TaskStanding, { counts }: Batch): number | null {
  switch (standing) {
    case "held":
      return counts.claimed + counts.reviewing;
    case "blocked":
      return counts.blocked;
    case "to_review":
      return counts.to_review;
    case "done":
      return counts.done;
    default:
      return null;
  }
}

export function TasksSection({ projectId, batch }: { projectId: string; batch: Batch }) {
  const [standing, setStanding] = useState<TaskStanding>(
    batch.counts.blocked > 0 ? "blocked" : "held",
  );
  const kinds = KINDS.filter((kind) => kind.standing !== "to_review" || batch.review_levels > 0);
  const handleKey = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    const at = kinds.findIndex((kind) => kind.standing === standing);
    const next = kinds[(at + step + kinds.length) % kinds.length];
    if (next === undefined) return;
    event.preventDefault();
    setStanding(next.standing);
    document.getElementById(`tasks-${next.standing}`)?.focus();
  };
  return (
    <Section title="Tasks" flush>
      <div
        className={own.filter}
        role="tablist"
        aria-label="Where tasks stand"
        onKeyDown={handleKey}
      >
        {kinds.map((kind) => {
          const n = counted(kind.standing, batch);
          return (
            <button
              key={kind.standing}
              id={`tasks-${kind.standing}`}
              type="button"
              role="tab"
              aria-selected={kind.standing === standing}
              aria-controls="tasks-list"
              tabIndex={kind.standing === standing ? 0 : -1}
              onClick={() => setStanding(kind.standing)}
            >
              {kind.text}
              {n !== null && <b>{count(n)}</b>}
            </button>
          );
        })}
      </div>
      <div id="tasks-list" role="tabpanel" aria-labelledby={`tasks-${standing}`}>
        <TaskList key={standing} projectId={projectId} batch={batch} standing={standing} />
      </div>
    </Section>
  );
}

function TaskList({
  projectId,
  batch,
  standing,
}: {
  projectId: string;
  batch: Batch;
  standing: TaskStanding;
}) {
  const query = useInfiniteQuery(batchTasksQuery(projectId, batch.id, standing));
  const [giving, setGiving] = useState<BatchTask | null>(null);
  const [reopening, setReopening] = useState<BatchTask | null>(null);
  const { step } = useTaskSteps(projectId, batch);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const kind = KINDS.find((one) => one.standing === standing);
  const act = async (task: BatchTask, what: TaskStep) => {
    if (what === "revoke") {
      const who = task.people[0]?.name ?? "them";
      const yes = await confirm({
        title: `Take “${task.asset.name}” from ${who}?`,
        text: "It goes back into the queue, for anybody. What they had marked is kept as their draft.",
        yes: "Take it back",
        danger: true,
      });
      if (!yes) return;
    }
    step.mutate({ task, what });
  };
  return (
    <>
      {query.error !== null && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && items.length === 0 && !query.hasNextPage && (
        <p className={css.none}>{kind?.none}</p>
      )}
      {query.isPending && <p className={css.none}>Loading…</p>}
      {items.length > 0 && (
        <table className={`${css.table} ${css.fixed}`}>
          <thead>
            <tr>
              <th style={{ width: "32%" }}>Asset</th>
              {standing !== "done" && <th style={{ width: 124 }}>Part</th>}
              <th>{kind?.people}</th>
              <th aria-label="Actions" style={{ width: 176 }} />
            </tr>
          </thead>
          <tbody>
            {items.map((task) => (
              <TaskRow
                key={`${task.task_id} ${task.level} ${task.slot}`}
                projectId={projectId}
                batch={batch}
                task={task}
                standing={standing}
                onStep={(what) => void act(task, what)}
                onGive={() => setGiving(task)}
                onReopen={() => setReopening(task)}
              />
            ))}
          </tbody>
        </table>
      )}
      {query.hasNextPage && <MoreRows query={query} />}
      {giving !== null && (
        <ReassignDialog
          projectId={projectId}
          batch={batch}
          task={giving}
          onClose={() => setGiving(null)}
        />
      )}
      {reopening !== null && (
        <ReopenDialog
          task={reopening}
          onClose={() => setReopening(null)}
          onReopen={(reason) => {
            step.mutate({ task: reopening, what: "reopen", reason });
            setReopening(null);
          }}
        />
      )}
    </>
  );
}

const DONE: Record<TaskStep, string> = {
  revoke: "The task is back in the queue.",
  unblock: "The task is open again, also to those who passed on it.",
  reopen: "The task is to be done once more, by its author first.",
};

/** The steps on one task, and what is asked for anew after one. */
export function useTaskSteps(projectId: string, batch: Batch) {
  const client = useQueryClient();
  const refresh = () => {
    for (const key of ["batch", "batch-tasks", "batch-progress"]) {
      void client.invalidateQueries({ queryKey: [key, projectId, batch.id] });
    }
  };
  const step = useMutation({
    mutationFn: ({ task, what, reason }: { task: BatchTask; what: TaskStep; reason?: string }) =>
      stepOnTask(projectId, task.task_id, what, {
        ...(what === "revoke" && task.level !== null && task.slot !== null
          ? { level: task.level, slot: task.slot }
          : {}),
        ...(reason === undefined ? {} : { reason }),
      }),
    onSuccess: (_, { what }) => notifyDone(DONE[what]),
    onError: (error) => notifyError(error, "The task is as it was"),
    onSettled: refresh,
  });
  return { step, refresh };
}
