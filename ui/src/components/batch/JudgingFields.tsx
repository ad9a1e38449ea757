/** How each task is judged: by how many people, and reviewed how often. In every form that makes a batch. */
import type { Judging } from "~/api/types";
import { WholeNumber } from "~/components/WholeNumber";
import css from "./judging.module.css";

export const ONE_JUDGEMENT: Judging = { overlap: 1, review_levels: 0 };
export const OVERLAP_MAX = 16;
export const LEVELS_MAX = 4;

export function JudgingFields({
  value,
  onChange,
}: {
  value: Judging;
  onChange: (part: Partial<Judging>) => void;
}) {
  return (
    <div className={css.fields}>
      <WholeNumber
        label="Judgements per task"
        description={
          value.overlap === 1
            ? "One person answers each task."
            : `${value.overlap} people answer each task, each without seeing the others.`
        }
        inputWrapperOrder={["label", "input", "description", "error"]}
        value={value.overlap}
        min={1}
        max={OVERLAP_MAX}
        onChange={(overlap) => onChange({ overlap })}
      />
      <WholeNumber
        label="Review levels"
        description={levelsText(value.review_levels)}
        inputWrapperOrder={["label", "input", "description", "error"]}
        value={value.review_levels}
        min={0}
        max={LEVELS_MAX}
        onChange={(review_levels) => onChange({ review_levels })}
      />
    </div>
  );
}

function levelsText(levels: number): string {
  if (levels === 0) return "A task is done when it is answered.";
  if (levels === 1) return "A reviewer accepts, fixes or sends back each task.";
  return `${levels} reviewers check each task, one after the other.`;
}

/** "3 judgements a task, 1 review". */
export function judgingText({ overlap, review_levels }: Judging): string {
  const judgements = overlap === 1 ? "1 judgement a task" : `${overlap} judgements a task`;
  if (review_levels === 0) return `${judgements}, no review`;
  return `${judgements}, ${review_levels === 1 ? "1 review" : `${review_levels} reviews`}`;
}
