/** Answers in words, by the titles of their taxonomy. Pure. */
import type { Response as Answer, Taxonomy, TaxonomyField } from "~/api/types";
import { isBlank, type AttributeValue } from "../document/answer";
import { findLabel, labelTitle, optionTitle } from "./titles";

/** What was said on a question; empty when it was not answered. */
export function valueWords(field: TaxonomyField, value: AttributeValue | undefined): string {
  if (value === undefined || isBlank(value)) return "";
  const title = (one: string) => {
    const option = field.options?.find(({ value: name }) => name === one);
    return option ? optionTitle(option) : one;
  };
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (Array.isArray(value)) return value.map(title).join(", ");
  return typeof value === "string" ? title(value) : String(value);
}

/** How many are marked, by label, in the order of the taxonomy; labels that it does not have come last. */
export function marksOf(answer: Answer, taxonomy: Taxonomy): { title: string; n: number }[] {
  const marked = new Map<string, number>();
  for (const { label } of answer.annotations) marked.set(label, (marked.get(label) ?? 0) + 1);
  const place = (name: string) => {
    const at = taxonomy.labels.findIndex((label) => label.name === name);
    return at < 0 ? taxonomy.labels.length : at;
  };
  return [...marked]
    .toSorted(([a], [b]) => place(a) - place(b))
    .map(([name, n]) => {
      const label = findLabel(taxonomy, name);
      return { title: label ? labelTitle(label) : name, n };
    });
}

/** An answer in one line: "What is it?: Cat; 2 × Car". */
export function answerWords(answer: Answer, taxonomy: Taxonomy): string {
  const known = taxonomy.fields.flatMap((field) => {
    const words = valueWords(field, answer.fields[field.id]);
    return words === "" ? [] : [`${field.title}: ${words}`];
  });
  const marks = marksOf(answer, taxonomy).map(({ title, n }) => `${n} × ${title}`);
  return [...known, ...marks].join("; ") || "nothing marked";
}

/** A taxonomy with the questions of an answer that it does not have, any more or yet: their ids are their titles. */
export function knowing(taxonomy: Taxonomy, { fields }: Answer): Taxonomy {
  const known = new Set(taxonomy.fields.map(({ id }) => id));
  const others = Object.keys(fields).filter((id) => !known.has(id));
  if (others.length === 0) return taxonomy;
  const plain = others.map((id): TaxonomyField => ({ id, title: id, type: "text" }));
  return { ...taxonomy, fields: [...taxonomy.fields, ...plain] };
}
