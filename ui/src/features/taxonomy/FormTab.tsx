/** The form: labels, then questions, each a list that can be reordered. */
import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import type { Media, Problem, Taxonomy } from "~/api/types";
import { moved, newField, newLabel } from "./edits";
import { FieldCard } from "./FieldCard";
import { LabelCard } from "./LabelCard";
import { shadowedText } from "./ourKeys";
import css from "./taxonomy.module.css";

export function FormTab({
  taxonomy,
  media,
  stored,
  problems,
  onChange,
}: {
  taxonomy: Taxonomy;
  media: Media;
  /** The saved version: names in it are in answers already. */
  stored: Taxonomy | null;
  problems: readonly Problem[];
  onChange: (taxonomy: Taxonomy) => void;
}) {
  const { labels, fields } = taxonomy;
  const setLabels = (next: Taxonomy["labels"]) => onChange({ ...taxonomy, labels: next });
  const setFields = (next: Taxonomy["fields"]) => onChange({ ...taxonomy, fields: next });
  const general = problems.filter(({ path }) => path === "");
  const shadowed = shadowedText(taxonomy);
  return (
    <div className={css.formBody}>
      {general.length > 0 && (
        <p className={css.problem}>{general.map(({ message }) => message).join("; ")}</p>
      )}
      {shadowed !== "" && (
        <p className={css.dim}>
          Some keys (in an amber frame) take letters of the labelling page. There, {shadowed}.
        </p>
      )}
      <section aria-label="Labels">
        <div className={css.sectionHead}>
          <h2>{media === "image" ? "Labels to draw" : "Labels to mark"}</h2>
          <Button
            variant="default"
            leftSection={<IconPlus size={14} />}
            onClick={() => setLabels([...labels, newLabel(taxonomy, media)])}
          >
            Label
          </Button>
        </div>
        <ul className={css.cards}>
          {labels.map((label, i) => (
            <LabelCard
              key={i}
              label={label}
              index={i}
              count={labels.length}
              media={media}
              problems={problems}
              fresh={!(stored?.labels ?? []).some(({ name }) => name === label.name)}
              onChange={(next) => setLabels(labels.with(i, next))}
              onMove={(to) => setLabels(moved(labels, i, to))}
              onDelete={() => setLabels(labels.toSpliced(i, 1))}
            />
          ))}
        </ul>
      </section>
      <section aria-label="Questions">
        <div className={css.sectionHead}>
          <h2>Questions about the whole {media}</h2>
          <Button
            variant="default"
            leftSection={<IconPlus size={14} />}
            onClick={() => setFields([...fields, newField(taxonomy)])}
          >
            Question
          </Button>
        </div>
        <ul className={css.cards}>
          {fields.map((field, i) => (
            <FieldCard
              key={i}
              field={field}
              index={i}
              count={fields.length}
              problems={problems}
              fresh={!(stored?.fields ?? []).some(({ id }) => id === field.id)}
              onChange={(next) => setFields(fields.with(i, next))}
              onMove={(to) => setFields(moved(fields, i, to))}
              onDelete={() => setFields(fields.toSpliced(i, 1))}
            />
          ))}
        </ul>
      </section>
    </div>
  );
}
