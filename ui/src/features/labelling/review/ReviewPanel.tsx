/** Beside a review: who answered, when and how long; what they say; what was said in earlier rounds. */
import { useSyncExternalStore } from "react";
import type { TaskReview, Taxonomy } from "~/api/types";
import type { AnswerDocument } from "~/canvas/document/document";
import panel from "~/canvas/panel/panel.module.css";
import { TimeAgo } from "~/components/TimeAgo";
import { duration } from "~/lib/format";
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
  onShow,
  onReveal,
}: {
  work: Work;
  document: AnswerDocument;
  /** With the labels of the answers over each other. */
  taxonomy: Taxonomy;
  shown: Shown;
  onShow: (shown: Shown) => void;
  onReveal: (uuid: string) => void;
}) {
  const { answers, reviews, level, review_levels, round } = work.task;
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
            <button
              key={answer.slot}
              type="button"
              className={css.answer}
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
          ))}
        </div>
      </section>
      <Questions work={work} shown={shown} />
      <Annotations document={document} taxonomy={taxonomy} onReveal={onReveal} />
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

function Questions({ work, shown }: { work: Work; shown: Shown }) {
  const { answers } = work.task;
  const looked = shown === "together" ? answers : answers.slice(shown, shown + 1);
  const first = shown === "together" ? 0 : shown;
  return work.taxonomy.fields.map((field) => {
    const said = saidOn(field, looked);
    return (
      <section key={field.id} className={panel.section}>
        <h2 className={panel.question}>
          {field.title}
          {said.length > 1 && <span className={css.differ}>they differ</span>}
        </h2>
        <ul className={css.said}>
          {said.map(({ text, by }) => (
            <li key={text}>
              <span className={css.value} data-blank={text === ""}>
                {text === "" ? "not answered" : text}
              </span>
              {answers.length > 1 && (
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
  onReveal,
}: {
  document: AnswerDocument;
  taxonomy: Taxonomy;
  onReveal: (uuid: string) => void;
}) {
  const { answer, selected } = useSyncExternalStore(document.subscribe, document.getState);
  if (taxonomy.labels.length === 0) return null;
  return (
    <section className={panel.section}>
      <h2 className={panel.question}>
        Annotations <span className={panel.count}>{answer.annotations.length}</span>
      </h2>
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
                <span className={panel.rowTitle}>{title}</span>
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

const tookWords = (seconds: number) => (seconds < 1 ? "less than 1 s" : duration(seconds));
