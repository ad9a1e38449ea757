/** Over the work: whose pre-label it began with, what of it was left out, and the one key that clears it or takes it anew. */
import { Button, Kbd } from "@mantine/core";
import { IconSparkles } from "@tabler/icons-react";
import { useSyncExternalStore } from "react";
import type { Problem } from "~/api/types";
import { prelabelText } from "~/lib/format";
import { prelabelOf, togglePrelabel } from "./editing";
import css from "./review/review.module.css";
import type { Work } from "./session/work";

export function PrelabelStrip({ work, keyOf }: { work: Work; keyOf: (id: string) => string }) {
  const { document } = work;
  const answer = useSyncExternalStore(document.subscribe, () => document.answer);
  const prelabel = prelabelOf(work);
  if (prelabel === null) return null;
  const untouched = answer === prelabel.response;
  return (
    <div className={css.strip} role="note" aria-label="Pre-label">
      <IconSparkles size={17} aria-hidden />
      <div className={css.grow}>
        <p>
          {untouched ? "From" : "There is a pre-label from"} <b>{prelabelText(prelabel)}</b>
          {untouched ? ". Correct what is wrong, then hand it in." : "."}
        </p>
        {prelabel.left_out.length > 0 && (
          <p className={css.words}>{leftOutText(prelabel.left_out)}</p>
        )}
      </div>
      <Button
        size="compact-sm"
        variant="subtle"
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => togglePrelabel(work)}
        rightSection={<Kbd size="xs">{keyOf("prelabel")}</Kbd>}
      >
        {untouched ? "Clear it" : "Take it anew"}
      </Button>
    </div>
  );
}

/** Problems that are named. */
const NAMED = 3;

/** What the task's taxonomy has no place for any more. */
export function leftOutText(problems: readonly Problem[]): string {
  const n = problems.length;
  const named = problems.slice(0, NAMED).map(({ path, message }) => `${path} ${message}`);
  const more = n > NAMED ? `; and ${n - NAMED} more` : "";
  const what = n === 1 ? "A part of it is" : `${n} parts of it are`;
  return `${what} left out, for the taxonomy has changed since: ${named.join("; ")}${more}.`;
}
