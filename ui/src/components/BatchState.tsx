/** A batch's state and progress, in the same colours everywhere. */
import { Badge } from "@mantine/core";
import type { Batch, BatchCounts, BatchKind, BatchState, Judging } from "~/api/types";
import { count, percent } from "~/lib/format";
import css from "./page.module.css";

const STATES: Record<BatchState, { text: string; color: string }> = {
  staging: { text: "In staging", color: "gray" },
  in_progress: { text: "In progress", color: "blue" },
  paused: { text: "Paused", color: "yellow" },
  completed: { text: "Completed", color: "leaf" },
  cancelled: { text: "Cancelled", color: "red" },
};

export const KINDS: Record<BatchKind, string> = {
  production: "Production",
  calibration: "Calibration",
  self_label: "Self-label",
  gold: "Gold",
  training: "Training",
};

/** What a form offers to choose from. */
export const kindChoices = (kinds: readonly BatchKind[]) =>
  kinds.map((value) => ({ value, label: KINDS[value] }));

/** Of a batch whose answers were given elsewhere. */
const BROUGHT_IN = { text: "Brought in", color: "leaf" };

export function BatchStateBadge({
  batch,
}: {
  batch: Pick<Batch, "state" | "archived"> & Partial<Pick<Batch, "brought_in">>;
}) {
  const state = STATES[batch.state] ?? { text: batch.state, color: "gray" };
  const { text, color } = batch.brought_in === true ? BROUGHT_IN : state;
  return (
    <>
      <Badge color={color}>{text}</Badge>
      {batch.archived && (
        <Badge color="gray" ml={4}>
          Archived
        </Badge>
      )}
    </>
  );
}

type Part = readonly [key: keyof BatchCounts, text: string, color: string];
const ONE_EACH: readonly Part[] = [
  ["done", "Done", "var(--sheaf-state-submitted)"],
  ["claimed", "In hand", "var(--sheaf-state-claimed)"],
  ["blocked", "Blocked", "var(--sheaf-state-blocked)"],
  ["pending", "Pending", "var(--sheaf-state-pending)"],
];
const REVIEWED: readonly Part[] = [
  ["done", "Done", "var(--sheaf-state-submitted)"],
  ["reviewing", "In review", "var(--sheaf-state-review)"],
  ["to_review", "To review", "var(--sheaf-state-to-review)"],
  ["claimed", "In hand", "var(--sheaf-state-claimed)"],
  ["blocked", "Blocked", "var(--sheaf-state-blocked)"],
  ["pending", "Pending", "var(--sheaf-state-pending)"],
];

type Progress = { counts: BatchCounts } & Judging;

const partsOf = ({ review_levels }: Judging) => (review_levels > 0 ? REVIEWED : ONE_EACH);

/**
 * A part of the bar in 0..1. Tasks and reviews count as tasks, judgements by their share of one, so that the bar
 * of a batch with several judgements for a task fills as its tasks get done.
 */
function share(key: keyof BatchCounts, { counts, overlap }: Progress): number {
  const judgement = key === "claimed" || key === "pending" || key === "blocked";
  return Math.min(1, counts[key] / (Math.max(1, counts.members) * (judgement ? overlap : 1)));
}

export function ProgressBar({ batch, height = 6 }: { batch: Progress; height?: number }) {
  const { counts } = batch;
  const parts = partsOf(batch);
  return (
    <div
      className={css.bar}
      style={{ height }}
      role="img"
      aria-label={parts.map(([key, text]) => `${text} ${count(counts[key])}`).join(", ")}
    >
      {parts
        .filter(([key]) => key !== "pending" && counts[key] > 0)
        .map(([key, text, color]) => (
          <span
            key={key}
            title={`${text}: ${count(counts[key])}`}
            style={{ width: `${share(key, batch) * 100}%`, minWidth: 2, background: color }}
          />
        ))}
    </div>
  );
}

export function ProgressLegend({ batch }: { batch: Progress }) {
  const { counts, overlap, review_levels } = batch;
  return (
    <div className={css.legend}>
      {partsOf(batch).map(([key, text, color]) => (
        <span key={key}>
          <i style={{ background: color }} />
          {text} <b>{count(counts[key])}</b>
          {key === "done" && ` ${percent(counts.done, counts.members)}`}
        </span>
      ))}
      {(overlap > 1 || review_levels > 0) && (
        <span>
          Judgements <b>{count(counts.submitted)}</b> of {count(counts.members * overlap)}
        </span>
      )}
    </div>
  );
}
