/** How a training task went, in words. Pure. */
import { marksOf, valueWords } from "~/canvas/taxonomy/answerWords";
import { scoreWords } from "~/lib/format";
import type { Told } from "../session/session";

type Compared = Pick<Told, "yours" | "feedback" | "taxonomy">;

export interface FeedbackRow {
  readonly what: string;
  /** Empty: nothing was said. */
  readonly yours: string;
  readonly known: string;
  /** Null: as many are marked, and the picture shows how well. */
  readonly same: boolean | null;
}

/** Question by question, then label by label: what one said beside what is known. */
export function feedbackRows({ yours, feedback, taxonomy }: Compared): FeedbackRow[] {
  const known = feedback.response;
  const questions = taxonomy.fields.map((field) => {
    const mine = valueWords(field, yours.fields[field.id]);
    const right = valueWords(field, known.fields[field.id]);
    return { what: field.title, yours: mine, known: right, same: mine === right };
  });
  const mine = new Map(marksOf(yours, taxonomy).map(({ title, n }) => [title, n]));
  const right = new Map(marksOf(known, taxonomy).map(({ title, n }) => [title, n]));
  const labels = [...new Set([...right.keys(), ...mine.keys()])].map((title) => {
    const [a, b] = [mine.get(title) ?? 0, right.get(title) ?? 0];
    const same = feedback.score === 1 ? true : a === b ? null : false;
    return { what: title, yours: `${a} marked`, known: `${b} marked`, same };
  });
  // A question that neither answered says nothing.
  return [...questions.filter((row) => row.yours !== "" || row.known !== ""), ...labels];
}

export function verdictWords(score: number): string {
  if (score === 1) return "All right";
  if (score >= 0.75) return "Nearly right";
  return score > 0 ? "Partly right" : "Not right";
}

/** For a screen reader. */
export function spokenFeedback({ name, ...told }: Compared & Pick<Told, "name">): string {
  const { score, note } = told.feedback;
  const apart = feedbackRows(told)
    .filter(({ same }) => same === false)
    .map(
      (row) =>
        `${row.what}: you said ${row.yours || "nothing"}, known is ${row.known || "nothing"}.`,
    );
  return [
    `Training: ${name}. ${verdictWords(score)}, score ${scoreWords(score)}.`,
    ...apart,
    ...(note === "" ? [] : [note]),
    "Press Enter to go on.",
  ].join(" ");
}
