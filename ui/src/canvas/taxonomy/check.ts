/**
 * What is missing or wrong in an answer, at the same paths as the server's own check, so that most mistakes
 * are shown before anything is sent. The server decides; this only saves a round trip.
 */
import type { AttributeValue, FieldType, Problem, Response as Answer, Taxonomy } from "~/api/types";
import { isBlank } from "../document/answer";
import { findLabel } from "./titles";

interface Question {
  readonly type: FieldType;
  readonly required?: boolean;
  readonly min?: number | null;
  readonly max?: number | null;
}

export function answerProblems(answer: Answer, taxonomy: Taxonomy): Problem[] {
  const problems: Problem[] = [];
  const add = (path: string, message: string | null) => {
    if (message !== null) problems.push({ path, message });
  };
  answer.annotations.forEach((annotation, i) => {
    const label = findLabel(taxonomy, annotation.label);
    const at = `annotations[${i}]`;
    if (!label) add(`${at}.label`, `“${annotation.label}” is not a label any more`);
    for (const attribute of label?.attributes ?? []) {
      add(
        `${at}.attributes.${attribute.name}`,
        problemOf(attribute, annotation.attributes[attribute.name]),
      );
    }
  });
  for (const field of taxonomy.fields)
    add(`fields.${field.id}`, problemOf(field, answer.fields[field.id]));
  return problems;
}

function problemOf(question: Question, value: AttributeValue | undefined): string | null {
  if (isBlank(value)) return question.required === true ? "is required" : null;
  const min = question.min ?? -Infinity;
  const max = question.max ?? Infinity;
  if (question.type === "number" && typeof value === "number" && (value < min || value > max)) {
    return `must be ${rangeText(question)}`;
  }
  if (question.type === "text" && typeof value === "string") {
    const characters = [...value].length;
    if (characters < min || characters > max) {
      return `has ${characters} characters, must have ${rangeText(question)}`;
    }
  }
  return null;
}

function rangeText({ min, max }: Question): string {
  if (min != null && max != null) return `${min} to ${max}`;
  return min != null ? `at least ${min}` : `at most ${max}`;
}

/** `annotations[2].left` belongs to the third annotation; -1: to none. */
export function annotationOfProblem(problem: Problem): number {
  const match = /^annotations\[(\d+)\]/.exec(problem.path);
  return match?.[1] === undefined ? -1 : Number(match[1]);
}

export function problemsOfField(problems: readonly Problem[], id: string): string[] {
  return problems
    .filter(({ path }) => path === `fields.${id}` || path.startsWith(`fields.${id}[`))
    .map(({ message }) => message);
}

/** Problems of one attribute, and of the annotation itself when no attribute is named. */
export function problemsOfAnnotation(
  problems: readonly Problem[],
  index: number,
  attribute?: string,
): string[] {
  const at = `annotations[${index}]`;
  return problems
    .filter(({ path }) =>
      attribute === undefined
        ? path.startsWith(at) && !path.startsWith(`${at}.attributes.`)
        : path === `${at}.attributes.${attribute}`,
    )
    .map(({ message }) => message);
}

/** Problems that no field or annotation on screen can show. */
export function otherProblems(
  problems: readonly Problem[],
  answer: Answer,
  taxonomy: Taxonomy,
): Problem[] {
  return problems.filter((problem) => {
    const index = annotationOfProblem(problem);
    if (index >= 0) return index >= answer.annotations.length;
    return !taxonomy.fields.some((field) => problemsOfField([problem], field.id).length > 0);
  });
}

export type QuickSubmit = "none" | "enter" | "advance";

/**
 * How a task may be handed in faster than with ctrl+enter.
 * `advance`: exactly one question with one choice and nothing to mark, so the choice is the answer.
 * `enter`: nothing to mark and only choices, so that plain Enter has no other meaning.
 */
export function quickSubmit(taxonomy: Taxonomy): QuickSubmit {
  if (taxonomy.labels.length > 0 || taxonomy.fields.length === 0) return "none";
  const choices = taxonomy.fields.every(({ type }) => type !== "text" && type !== "number");
  if (!choices) return "none";
  const [only] = taxonomy.fields;
  const single = only?.type === "single" || only?.type === "boolean";
  return taxonomy.fields.length === 1 && single ? "advance" : "enter";
}
