/** What was marked so far, one row each; the selected row shows its attributes. */
import {
  IconAlertTriangle,
  IconPolygon,
  IconQuote,
  IconSquare,
  IconTrash,
} from "@tabler/icons-react";
import { memo, useEffect, useRef, useSyncExternalStore } from "react";
import type { Problem, Taxonomy } from "~/api/types";
import { removeAnnotation, setAttribute, type Annotation } from "../document/answer";
import type { AnswerDocument } from "../document/document";
import { polygonBounds, selfIntersects } from "../geometry/shapes";
import { annotationOfProblem, problemsOfAnnotation } from "../taxonomy/check";
import { attributeTitle, colorOf, findLabel, labelTitle } from "../taxonomy/titles";
import css from "./panel.module.css";
import { QuestionInput } from "./QuestionInput";

const NONE: readonly string[] = [];

export function AnnotationList({
  document,
  taxonomy,
  problems,
  onReveal,
}: {
  document: AnswerDocument;
  taxonomy: Taxonomy;
  problems: readonly Problem[];
  /** A row was chosen: bring it into sight. */
  onReveal: (uuid: string) => void;
}) {
  const { answer, selected } = useSyncExternalStore(document.subscribe, document.getState);
  if (taxonomy.labels.length === 0) return null;
  const faulty = new Set(problems.map(annotationOfProblem));
  return (
    <section className={css.section}>
      <h2 className={css.question}>
        Annotations <span className={css.count}>{answer.annotations.length}</span>
      </h2>
      {answer.annotations.length === 0 && <p className={css.help}>Nothing is marked yet.</p>}
      <ul className={css.list}>
        {answer.annotations.map((annotation, index) => (
          <Row
            key={annotation.uuid}
            annotation={annotation}
            index={index}
            taxonomy={taxonomy}
            document={document}
            selected={annotation.uuid === selected}
            problems={faulty.has(index) ? problems : NO_PROBLEMS}
            onReveal={onReveal}
          />
        ))}
      </ul>
    </section>
  );
}

const NO_PROBLEMS: readonly Problem[] = [];

const Row = memo(function Row({
  annotation,
  index,
  taxonomy,
  document,
  selected,
  problems,
  onReveal,
}: {
  annotation: Annotation;
  index: number;
  taxonomy: Taxonomy;
  document: AnswerDocument;
  selected: boolean;
  problems: readonly Problem[];
  onReveal: (uuid: string) => void;
}) {
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (selected) row.current?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  const label = findLabel(taxonomy, annotation.label);
  const title = label ? labelTitle(label) : annotation.label;
  const own = problems.length > 0 ? problemsOfAnnotation(problems, index) : NONE;
  const crosses = annotation.type === "polygon" && selected && selfIntersects(annotation.vertices);
  const notes = [...own, ...(crosses ? ["the outline crosses itself"] : [])];
  return (
    <li ref={row} className={css.row} data-selected={selected} data-faulty={problems.length > 0}>
      <div className={css.rowHead}>
        <button
          type="button"
          className={css.rowButton}
          aria-pressed={selected}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => {
            document.select(annotation.uuid);
            onReveal(annotation.uuid);
          }}
        >
          <span
            className={css.swatch}
            style={{ background: colorOf(taxonomy, annotation.label) }}
            aria-hidden
          />
          <span className={css.rowTitle}>{title}</span>
          <span className={css.rowNote}>{summary(annotation)}</span>
          {problems.length > 0 ? (
            <IconAlertTriangle size={14} className={css.warn} aria-label="has a problem" />
          ) : (
            <KindIcon annotation={annotation} />
          )}
        </button>
        <button
          type="button"
          className={css.delete}
          title="Delete (Del)"
          aria-label={`Delete ${title} ${index + 1}`}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => document.apply((old) => removeAnnotation(old, annotation.uuid))}
        >
          <IconTrash size={14} aria-hidden />
        </button>
      </div>
      {notes.length > 0 && <div className={css.problem}>{notes.join("; ")}</div>}
      {selected && label && label.attributes.length > 0 && (
        <div className={css.attributes} data-attributes>
          {label.attributes.map((attribute) => (
            <div key={attribute.name}>
              <div className={css.attributeTitle}>
                {attributeTitle(attribute)}
                {attribute.required && <span className={css.required}>required</span>}
              </div>
              <QuestionInput
                id={`attribute-${annotation.uuid}-${attribute.name}`}
                title={attributeTitle(attribute)}
                type={attribute.type}
                compact
                options={(attribute.options ?? []).map((value) => ({
                  value,
                  title: value,
                  hotkey: null,
                }))}
                required={attribute.required ?? false}
                value={annotation.attributes[attribute.name]}
                problems={problemsOfAnnotation(problems, index, attribute.name)}
                onChange={(value) =>
                  document.apply(
                    (old) => setAttribute(old, annotation.uuid, attribute.name, value),
                    attribute.type === "text" || attribute.type === "number"
                      ? `attribute ${annotation.uuid} ${attribute.name}`
                      : null,
                  )
                }
              />
            </div>
          ))}
        </div>
      )}
    </li>
  );
});

function KindIcon({ annotation }: { annotation: Annotation }) {
  if (annotation.type === "box") return <IconSquare size={13} className={css.kind} aria-hidden />;
  if (annotation.type === "span") return <IconQuote size={13} className={css.kind} aria-hidden />;
  return <IconPolygon size={13} className={css.kind} aria-hidden />;
}

function summary(annotation: Annotation): string {
  switch (annotation.type) {
    case "box":
      return `${Math.round(annotation.width)} × ${Math.round(annotation.height)}`;
    case "polygon": {
      const { width, height } = polygonBounds(annotation.vertices);
      return `${Math.round(width)} × ${Math.round(height)}, ${annotation.vertices.length} points`;
    }
    case "span":
      return annotation.text.length > 60 ? `${annotation.text.slice(0, 60)}…` : annotation.text;
  }
}
