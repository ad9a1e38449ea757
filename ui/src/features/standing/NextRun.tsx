/** When a standing batch makes its next batch: a time, or how much is still to come in. */
import type { StandingBatch } from "~/api/types";
import { TimeAgo } from "~/components/TimeAgo";
import { count } from "~/lib/format";
import css from "./standing.module.css";

export function NextRun({ standing }: { standing: StandingBatch }) {
  const { trigger, waiting } = standing;
  if (standing.state === "paused") return <span className={css.hint}>Paused</span>;
  if ("daily" in trigger) {
    return standing.next_run_at === null ? <span>–</span> : <TimeAgo time={standing.next_run_at} />;
  }
  const { every } = trigger.matches;
  const n = waiting ?? 0;
  return (
    <div className={css.waiting}>
      <span className="num">
        {count(n)} of {count(every)} waiting
      </span>
      <span className={css.waitingTrack} aria-hidden>
        <i style={{ width: `${Math.min(1, n / every) * 100}%` }} />
      </span>
    </div>
  );
}
