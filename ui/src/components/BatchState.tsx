/** A batch's state and progress, in the same colours everywhere. */
import { Badge } from "@mantine/core";
import type { Batch, BatchCounts, BatchKind, BatchState } from "~/api/types";
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
};

export function BatchStateBadge({ batch }: { batch: Pick<Batch, "state" | "archived"> }) {
  const { text, color } = STATES[batch.state] ?? { text: batch.state, color: "gray" };
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

const PARTS = [
  ["submitted", "Submitted", "var(--sheaf-state-submitted)"],
  ["claimed", "In hand", "var(--sheaf-state-claimed)"],
  ["blocked", "Blocked", "var(--sheaf-state-blocked)"],
  ["pending", "Pending", "var(--sheaf-state-pending)"],
] as const;

export function ProgressBar({ counts, height = 6 }: { counts: BatchCounts; height?: number }) {
  const all = Math.max(1, counts.members);
  return (
    <div
      className={css.bar}
      style={{ height }}
      role="img"
      aria-label={PARTS.map(([key, text]) => `${text} ${count(counts[key])}`).join(", ")}
    >
      {PARTS.filter(([key]) => key !== "pending" && counts[key] > 0).map(([key, text, color]) => (
        <span
          key={key}
          title={`${text}: ${count(counts[key])}`}
          style={{ width: `${(counts[key] / all) * 100}%`, minWidth: 2, background: color }}
        />
      ))}
    </div>
  );
}

export function ProgressLegend({ counts }: { counts: BatchCounts }) {
  return (
    <div className={css.legend}>
      {PARTS.map(([key, text, color]) => (
        <span key={key}>
          <i style={{ background: color }} />
          {text} <b>{count(counts[key])}</b> {percent(counts[key], counts.members)}
        </span>
      ))}
    </div>
  );
}
