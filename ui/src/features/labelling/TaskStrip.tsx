/** Over the work, what is special about it: it was sent back, it is a fix, or an answer is being changed. */
import { IconArrowBackUp, IconPencil } from "@tabler/icons-react";
import { TimeAgo } from "~/components/TimeAgo";
import css from "./review/review.module.css";
import { answersOf, MERGED_SLOT, personName, sentBackBy } from "./review/together";
import type { Work } from "./session/work";

export function TaskStrip({ work }: { work: Work }) {
  const { task, amends, fixing } = work;
  if (amends) {
    return (
      <div className={css.strip} role="note">
        <IconPencil size={17} aria-hidden />
        <p>
          You are changing what you handed in. Until you hand it in again, the first one stands.
        </p>
      </div>
    );
  }
  if (task.stage === "review") {
    const fixed = answersOf(task).find(({ slot }) => slot === fixing);
    return (
      fixed && (
        <div className={css.strip} role="note">
          <IconPencil size={17} aria-hidden />
          <p>
            {fixed.slot === MERGED_SLOT
              ? "You start from what the answers say together. All are kept, and yours counts."
              : `You are fixing the answer of ${personName(fixed)}. Both are kept, and yours counts.`}
          </p>
        </div>
      )
    );
  }
  if (task.reopened !== null) {
    return (
      <div className={css.strip} role="note" aria-label="Sent back" data-tone="warn">
        <IconArrowBackUp size={17} aria-hidden />
        <div>
          <p>
            <b>A manager wants it done once more</b>
          </p>
          <p className={css.words}>{task.reopened}</p>
        </div>
      </div>
    );
  }
  const review = sentBackBy(task);
  if (!review) return null;
  return (
    <div className={css.strip} role="note" aria-label="Sent back" data-tone="warn">
      <IconArrowBackUp size={17} aria-hidden />
      <div>
        <p>
          <b>Sent back</b> by {review.by?.name ?? "a reviewer"}, <TimeAgo time={review.at} />
        </p>
        <p className={css.words}>{review.note}</p>
      </div>
    </div>
  );
}
