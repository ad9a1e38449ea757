/** Beside a review: who answered, when and how long; what they say; what was said in earlier rounds. */
import { ActionIcon } from "@mantine/core";
import { IconArrowMerge, IconEye, IconEyeOff } from "@tabler/icons-react";
import { useSyncExternalStore } from "react";
import type { Agreement, TaskAnswer, TaskReview, Taxonomy } from "~/api/types";
import type { AnswerDocument } from "~/canvas/document/document";
import panel from "~/canvas/panel/panel.module.css";
import { TimeAgo } from "~/components/TimeAgo";
import { duration, scoreWords } from "~/lib/format";
import labelling from "../labelling.module.css";
import type { Work } from "../session/work";
import css from "./review.module.css";
import type { Shown } from "./ReviewView";
import { annotationWords, personColor, personName, saidOn } from "./together";

export function ReviewPanel({
  work,
  document,
  taxonomy,
  shown,
  choices,
  hidden,
  onlyApart,
  onShow,
  onToggle,
  onApart,
  onReveal,
}: {
  work: Work;
  document: AnswerDocument;
  /** With the labels of the answers over each other. */
  taxonomy: Taxonomy;
  shown: Shown;
  /** The answers and the merged one. */
  choices: readonly TaskAnswer[];
  /** Of all together, those that are left out. */
  hidden: ReadonlySet<number>;
  onlyApart: boolean;
  onShow: (shown: Shown) => void;
  onToggle: (index: number) => void;
  onApart: () => void;
  onReveal: (uuid: string) => void;
}) {
  const { answers, agreement, reviews, level, review_levels, round } = work.task;
  const merged = choices[answers.length];
  const several = answers.length > 1;
  return (
    <div className={labelling.scroll}>
      <section className={panel.section}>
        <h2 className={panel.question}>
          {several ? `${answers.length} answers` : "Answer"}
          <span className={panel.required}>
            {review_levels > 1 && `review ${level} of ${review_levels}`}
            {review_levels > 1 && round > 1 && ", "}
            {round > 1 && `round ${round}`}
          </span>
        </h2>
        {agreement !== null && <Score agreement={agreement} />}
        <div className={css.answers} role="group" aria-label="Answers">
          {several && (
            <button
              type="button"
              className={css.answer}
              aria-pressed={shown === "together"}
              onClick={() => onShow("together")}
            >
              <span className={css.name}>All together</span>
              <kbd>O</kbd>
            </button>
          )}
          {answers.map((answer, index) => (
            <div key={answer.slot} className={css.row}>
              <button
                type="button"
                className={css.answer}
                data-hidden={shown === "together" && hidden.has(index)}
                aria-pressed={several ? shown === index : undefined}
                data-only={!several}
                onClick={() => onShow(index)}
              >
                {several && (
                  <i className={css.dot} style={{ background: personColor(index) }} aria-hidden />
                )}
                <span className={css.name}>
                  {personName(answer)}
                  <small>
                    <TimeAgo time={answer.at} />
                    {answer.seconds !== null && `, took ${tookWords(answer.seconds)}`}
                  </small>
                </span>
                {several && index < 9 && <kbd>{index + 1}</kbd>}
              </button>
              {several && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`Show ${personName(answer)} among all`}
                  aria-pressed={!hidden.has(index)}
                  title={index < 9 ? `Hide or show among all (Shift+${index + 1})` : undefined}
                  onClick={() => onToggle(index)}
                >
                  {hidden.has(index) ? <IconEyeOff size={15} /> : <IconEye size={15} />}
                </ActionIcon>
              )}
            </div>
          ))}
          {merged && (
            <button
              type="button"
              className={css.answer}
              aria-pressed={shown === answers.length}
              onClick={() => onShow(answers.length)}
            >
              <IconArrowMerge size={14} aria-hidden />
              <span className={css.name}>
                Merged
                <small>what most of them say</small>
              </span>
              <kbd>M</kbd>
            </button>
          )}
        </div>
      </section>
      <Questions work={work} shown={shown} choices={choices} />
      <Annotations
        document={document}
        taxonomy={taxonomy}
        apart={
          shown === "together" && agreement !== null
            ? { all: agreement.apart.length, only: onlyApart, onChange: onApart }
            : null
        }
        onReveal={onReveal}
      />
      {reviews.length > 0 && (
        <section className={panel.section}>
          <h2 className={panel.question}>Earlier reviews</h2>
          <ol className={css.reviews}>
            {reviews.map((review) => (
              <Review key={review.review_id} review={review} />
            ))}
          </ol>
        </section>
      )}
    </div>
  );
}

/** How far the answers agree, as a number and a bar. */
function Score({ agreement }: { agreement: Agreement }) {
  const words = scoreWords(agreement.score);
  return (
    <div className={css.score} data-disputed={agreement.disputed}>
      <span>
        Agreement <b className="num">{words}</b>
      </span>
      <span className={css.track} aria-hidden>
        <i style={{ width: `${agreement.score * 100}%` }} />
      </span>
      <span>{agreement.disputed ? "disputed" : agreement.score === 1 ? "all agree" : ""}</span>
    </div>
  );
}

function Questions({
  work,
  shown,
  choices,
}: {
  work: Work;
  shown: Shown;
  choices: readonly TaskAnswer[];
}) {
  const { answers, agreement } = work.task;
  const looked = shown === "together" ? answers : choices.slice(shown, shown + 1);
  const first = shown === "together" ? 0 : shown;
  return work.taxonomy.fields.map((field) => {
    const said = saidOn(field, looked);
    return (
      <section key={field.id} className={panel.section}>
        <h2 className={panel.question}>
          {field.title}
          {said.length > 1 && (
            <span className={css.differ}>they differ{scoreOf(agreement, field.id)}</span>
          )}
        </h2>
        <ul className={css.said}>
          {said.map(({ text, by }) => (
            <li key={text}>
              <span className={css.value} data-blank={text === ""}>
                {text === "" ? "not answered" : text}
              </span>
              {answers.length > 1 && shown !== answers.length && (
                <span className={css.by}>
                  {by.map((index) => {
                    const answer = looked[index];
                    return (
                      answer && (
                        <i
                          key={answer.slot}
                          className={css.dot}
                          style={{ background: personColor(first + index) }}
                          role="img"
                          aria-label={personName(answer)}
                          title={personName(answer)}
                        />
                      )
                    );
                  })}
                </span>
              )}
            </li>
          ))}
        </ul>
      </section>
    );
  });
}

function Annotations({
  document,
  taxonomy,
  apart,
  onReveal,
}: {
  document: AnswerDocument;
  taxonomy: Taxonomy;
  /** Of all together: how many not everybody marked, and whether only they are shown. */
  apart: { all: number; only: boolean; onChange: () => void } | null;
  onReveal: (uuid: string) => void;
}) {
  const { answer, selected } = useSyncExternalStore(document.subscribe, document.getState);
  if (taxonomy.labels.length === 0) return null;
  return (
    <section className={panel.section}>
      <h2 className={panel.question}>
        Annotations <span className={panel.count}>{answer.annotations.length}</span>
      </h2>
      {apart !== null && (apart.all > 0 || apart.only) && (
        <button
          type="button"
          className={css.apart}
          aria-pressed={apart.only}
          onClick={apart.onChange}
        >
          <span>Only the differences ({apart.all})</span>
          <kbd>D</kbd>
        </button>
      )}
      {apart?.all === 0 && answer.annotations.length > 0 && (
        <p className={panel.help}>Everybody marked the same.</p>
      )}
      {answer.annotations.length === 0 && <p className={panel.help}>Nothing is marked.</p>}
      <ul className={panel.list}>
        {answer.annotations.map((annotation) => {
          const { title, color, note } = annotationWords(annotation, taxonomy);
          const isSelected = annotation.uuid === selected;
          return (
            <li key={annotation.uuid} className={panel.row} data-selected={isSelected}>
              <button
                type="button"
                className={panel.rowButton}
                aria-pressed={isSelected}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => {
                  document.select(annotation.uuid);
                  onReveal(annotation.uuid);
                }}
              >
                <span className={panel.swatch} style={{ background: color }} aria-hidden />
                <span className={panel.rowTitle} title={title}>
                  {title}
                </span>
                <span className={panel.rowNote} title={note}>
                  {note}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const VERDICTS = { accepted: "Accepted", fixed: "Fixed", rejected: "Sent back" } as const;

export function Review({ review }: { review: TaskReview }) {
  return (
    <li>
      <b>{VERDICTS[review.verdict]}</b> by {review.by?.name ?? "somebody"},{" "}
      <TimeAgo time={review.at} />
      {review.note !== "" && <blockquote className={css.note}>{review.note}</blockquote>}
    </li>
  );
}

const scoreOf = (agreement: Agreement | null, field: string): string => {
  const found = agreement?.questions.find((question) => question.field === field);
  return found && found.score > 0 ? `: ${scoreWords(found.score)}` : "";
};

const tookWords = (seconds: number) => (seconds < 1 ? "less than 1 s" : duration(seconds));
