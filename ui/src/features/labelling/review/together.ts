/**
 * Several answers to one task as one that the canvases can show: each person's annotations in a colour of their own,
 * under labels that say whose they are. And what they say on each question, beside each other. Pure.
 */
import type { Response as Answer, Task, TaskAnswer, Taxonomy, TaxonomyField } from "~/api/types";
import { isBlank, type Annotation } from "~/canvas/document/answer";
import { valueWords } from "~/canvas/taxonomy/answerWords";
import { colorOf, findLabel, labelTitle } from "~/canvas/taxonomy/titles";

/** Far apart from each other, light and dark; the first five also for people who see no red or green. */
const COLORS = [
  "#0072b2",
  "#e69f00",
  "#cc79a7",
  "#009e73",
  "#d55e00",
  "#56b4e9",
  "#7048e8",
  "#f0e442",
  "#c2255c",
  "#5c940d",
  "#0b7285",
  "#a61e4d",
  "#9c6644",
  "#364fc7",
  "#94d82d",
  "#868e96",
] as const;

export const personColor = (index: number): string => COLORS[index % COLORS.length] ?? COLORS[0];

export const personName = ({ by }: Pick<TaskAnswer, "by">): string => by?.name ?? "Somebody";

const labelOf = (answer: TaskAnswer, label: string) => `${answer.slot}:${label}`;

/** The slot of the answer that all answers make together: no judgement has it. */
export const MERGED_SLOT = -1;

/** What the answers say together, as one more answer; null where there is nothing to merge. */
export function mergedAnswer({
  answers,
  agreement,
}: Pick<Task, "answers" | "agreement">): TaskAnswer | null {
  const [first] = answers;
  const response = agreement?.merged?.response;
  if (!first || !response) return null;
  return {
    ...first,
    submission_id: "",
    slot: MERGED_SLOT,
    by: { id: "", name: "Merged" },
    seconds: null,
    response,
  };
}

/** The answers to be reviewed, and the merged one behind them. */
export function answersOf(task: Pick<Task, "answers" | "agreement">): readonly TaskAnswer[] {
  const merged = mergedAnswer(task);
  return merged ? [...task.answers, merged] : task.answers;
}

/** What of the answers lies over each other. */
export interface Laid {
  /** Indexes of the answers that are not shown. */
  readonly hidden: ReadonlySet<number>;
  /** Only what not everybody marked. */
  readonly apart: Task["agreement"] | null;
}
const ALL_OF_IT: Laid = { hidden: new Set(), apart: null };

/** All answers over each other; the labels are those of `togetherTaxonomy`. */
export function together(answers: readonly TaskAnswer[], laid: Laid = ALL_OF_IT): Answer {
  const apart =
    laid.apart && new Set(laid.apart.apart.map(({ answer, uuid }) => `${answer}:${uuid}`));
  const shown = (index: number, uuid: string) =>
    !laid.hidden.has(index) && (apart === null || apart.has(`${index}:${uuid}`));
  return {
    annotations: answers.flatMap((answer, index) =>
      answer.response.annotations
        .filter(({ uuid }) => shown(index, uuid))
        .map((annotation) => ({
          ...annotation,
          uuid: `${answer.slot}:${annotation.uuid}`,
          label: labelOf(answer, annotation.label),
        })),
    ),
    fields: {},
  };
}

/** The taxonomy, and for each person its labels once more in that person's colour. */
export function togetherTaxonomy(taxonomy: Taxonomy, answers: readonly TaskAnswer[]): Taxonomy {
  const theirs = answers.flatMap((answer, index) => {
    const used = new Set(answer.response.annotations.map(({ label }) => label));
    return [...used].map((name) => {
      const label = findLabel(taxonomy, name);
      return {
        name: labelOf(answer, name),
        title: `${label ? labelTitle(label) : name} · ${personName(answer)}`,
        color: personColor(index),
        tools: [],
        attributes: label?.attributes ?? [],
      };
    });
  });
  return { ...taxonomy, labels: [...taxonomy.labels, ...theirs] };
}

export interface Said {
  /** Empty: not answered. */
  readonly text: string;
  /** Indexes of the answers that say so. */
  readonly by: readonly number[];
}

/** What was said on a question, the most frequent first. */
export function saidOn(field: TaxonomyField, answers: readonly TaskAnswer[]): Said[] {
  const said = new Map<string, number[]>();
  answers.forEach(({ response }, index) => {
    const text = valueWords(field, response.fields[field.id]);
    said.set(text, [...(said.get(text) ?? []), index]);
  });
  return [...said]
    .map(([text, by]) => ({ text, by }))
    .toSorted((a, b) => b.by.length - a.by.length);
}

/** What a row of the list says of an annotation, in whichever way it is shown. */
export function annotationWords(
  annotation: Annotation,
  taxonomy: Taxonomy,
): { title: string; color: string; note: string } {
  const label = findLabel(taxonomy, annotation.label);
  const attributes = Object.entries(annotation.attributes)
    .filter(([, value]) => !isBlank(value))
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(", ") : String(value)}`);
  const what =
    annotation.type === "span"
      ? annotation.text
      : annotation.type === "box"
        ? `${Math.round(annotation.width)} × ${Math.round(annotation.height)}`
        : `${annotation.vertices.length} points`;
  return {
    title: label ? labelTitle(label) : annotation.label,
    color: colorOf(taxonomy, annotation.label),
    note: [what, ...attributes].join("; "),
  };
}

/** The review that sent a task back last; null when none did. */
export const sentBackBy = ({ round, reviews }: Pick<Task, "round" | "reviews">) =>
  round > 1 ? (reviews.findLast(({ verdict }) => verdict === "rejected") ?? null) : null;
