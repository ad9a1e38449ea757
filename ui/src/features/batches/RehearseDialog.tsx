/** What the queue would do with a batch: how long it takes, who has nothing to do, what goes wrong. Changes nothing. */
import { Button, Modal, NumberInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconRocket } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { rehearseBatch } from "~/api/insights";
import type { Assume, AssumedFrom, Batch, Rehearsal } from "~/api/types";
import own from "~/components/insights/insights.module.css";
import { sentence } from "~/components/notify";
import { Failure } from "~/components/Page";
import css from "~/components/page.module.css";
import { WithCode } from "~/components/WithCode";
import { count, duration, percent, plural } from "~/lib/format";

const FROM: Record<AssumedFrom, string> = {
  given: "as you say",
  history: "measured here",
  guess: "a guess",
};

export function RehearseDialog({
  projectId,
  batch,
  onClose,
  onLaunch,
}: {
  projectId: string;
  batch: Batch;
  onClose: () => void;
  /** Left out for a batch that is launched. */
  onLaunch?: () => void;
}) {
  const [assume, setAssume] = useState<Assume>({});
  // Not at every key: a large batch takes the server a moment.
  const [asked] = useDebouncedValue(assume, 250);
  const query = useQuery({
    queryKey: ["rehearsal", projectId, batch.id, asked],
    queryFn: () => rehearseBatch(projectId, batch.id, asked),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 0,
  });
  const it = query.data;
  const staging = batch.state === "staging";
  const set = (key: keyof Assume) => (value: number | string) => {
    setAssume(({ [key]: _, ...rest }) =>
      typeof value === "number" ? { ...rest, [key]: value } : rest,
    );
  };
  const field = (
    key: keyof Assume,
    label: string,
    { min, max, now, hint }: { min: number; max: number; now: number | undefined; hint?: string },
  ) => (
    <NumberInput
      label={label}
      description={hint ?? "\u00a0"}
      placeholder={now === undefined ? "" : String(Math.round(now))}
      value={assume[key] ?? ""}
      min={min}
      max={max}
      allowDecimal={false}
      clampBehavior="strict"
      onChange={set(key)}
    />
  );
  return (
    <Modal opened onClose={onClose} size="xl" title={`Rehearse “${batch.name}”`}>
      <p className={own.what}>
        What the queue would do, and how long it would take. Change a number to try something else;
        the grey ones are what is so now.
      </p>
      <div className={own.form}>
        {field("annotators", "Annotators", {
          min: 0,
          max: 500,
          now: it?.assumed.eligible_annotators,
          hint: "at work at once",
        })}
        {field("reviewers", "Reviewers", {
          min: 0,
          max: 500,
          now: it?.assumed.eligible_reviewers,
          hint: "at work at once",
        })}
        {field("seconds", "Seconds an answer", {
          min: 1,
          max: 86_400,
          now: it?.assumed.seconds,
          hint: it === undefined ? "\u00a0" : FROM[it.assumed.seconds_from],
        })}
        {staging &&
          field("overlap", "Judgements", { min: 1, max: 16, now: batch.overlap, hint: "per task" })}
        {staging &&
          field("review_levels", "Review levels", {
            min: 0,
            max: 4,
            now: batch.review_levels,
            hint: "after the judgements",
          })}
        {field("priority", "Priority", {
          min: -1000,
          max: 1000,
          now: batch.priority,
          hint: "higher goes first",
        })}
        {field("gold_rate", "Gold rate", {
          min: 0,
          max: 50,
          now: it?.assumed.gold_rate,
          hint: "of 100 tasks of a person",
        })}
      </div>
      <div className={own.result} aria-live="polite" aria-busy={query.isFetching}>
        {query.error !== null && <Failure error={query.error} />}
        {it !== undefined && query.error === null && <Outcome batch={batch} it={it} />}
      </div>
      {onLaunch !== undefined && (
        <div className={own.end}>
          <span className={css.dim}>{differs(assume, batch) && asItIsText(batch)}</span>
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button
            variant={it !== undefined && it.warnings.length > 0 ? "default" : "filled"}
            leftSection={<IconRocket size={15} />}
            onClick={onLaunch}
          >
            Launch the batch as it is
          </Button>
        </div>
      )}
    </Modal>
  );
}

/** What is assumed of the batch itself is not what it would be launched with. */
const differs = (assume: Assume, batch: Batch): boolean =>
  (["overlap", "review_levels", "priority"] as const).some(
    (key) => assume[key] !== undefined && assume[key] !== batch[key],
  );

const asItIsText = ({ overlap, review_levels, priority }: Batch): string =>
  `A rehearsal changes nothing. The batch has ${plural(overlap, "judgement")} a task, ${plural(review_levels, "review level")} and priority ${priority}; edit it to change that.`;

function Outcome({ batch, it }: { batch: Batch; it: Rehearsal }) {
  const { outcome, assumed, warnings } = it;
  const workers = it.people.filter(({ labels, reviews }) => labels + reviews > 0).length;
  return (
    <>
      <div>
        <div className={own.outcome}>
          {outcome.begins === null && batch.counts.members > 0
            ? "Nobody would get a task of it"
            : outcome.stuck > 0
              ? `${plural(outcome.stuck, "task")} would never be done`
              : `Done after ${duration(outcome.ends)} of work`}
        </div>
        <div className={css.dim}>
          {plural(workers, "person", "people")} at work without a pause
          {assumed.review_levels > 0 &&
            `; labelled after ${duration(outcome.labelled)}, ${Math.round(assumed.review_seconds)} s a review (${FROM[assumed.review_seconds_from]}), ${percent(assumed.sent_back, 1)} sent back`}
          {it.before > 0 && `; ${plural(it.before, "batch", "batches")} before it`}
          {it.scale > 1 &&
            `; rehearsed in steps of ${count(it.scale)} tasks, so times are a little coarse`}
          .
        </div>
      </div>
      {warnings.length > 0 && (
        <ul className={own.warnings} aria-label="Warnings">
          {warnings.map((warning, i) => (
            <li key={`${warning.code} ${i}`}>
              <WithCode text={sentence(warning.message)} />{" "}
              <span>
                <WithCode text={sentence(warning.hint)} />
              </span>
            </li>
          ))}
        </ul>
      )}
      <PeopleOf it={it} />
    </>
  );
}

/** People that are listed by name. */
const SHOWN = 12;

function PeopleOf({ it }: { it: Rehearsal }) {
  const all = [...it.people].sort((a, b) => a.busy_seconds - b.busy_seconds);
  const last = Math.max(it.outcome.ends, ...it.people.map((person) => person.busy_seconds), 1);
  const gold = it.assumed.gold_rate > 0;
  if (all.length === 0) return null;
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th>Person</th>
          <th className={css.right}>Answers</th>
          <th className={css.right}>Reviews</th>
          {gold && (
            <th
              className={css.right}
              title="Those that they have not had, and those that are to come"
            >
              Gold left, wanted
            </th>
          )}
          <th
            className={css.right}
            title="Of the time until everything is done, other batches included"
          >
            At work
          </th>
        </tr>
      </thead>
      <tbody>
        {all.slice(0, SHOWN).map((person, i) => (
          <tr key={person.person?.id ?? `new ${i}`}>
            <td>{person.person?.name ?? <span className={css.dim}>Somebody new</span>}</td>
            <td className={css.right}>{count(person.labels)}</td>
            <td className={css.right}>{count(person.reviews)}</td>
            {gold && (
              <td className={css.right}>
                {count(person.gold_left)}, {count(person.gold)}
              </td>
            )}
            <td className={css.right}>{percent(person.busy_seconds, last)}</td>
          </tr>
        ))}
        {all.length > SHOWN && (
          <tr>
            <td className={css.dim} colSpan={gold ? 5 : 4}>
              and {count(all.length - SHOWN)} who are at work more
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}
