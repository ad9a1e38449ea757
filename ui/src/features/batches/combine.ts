/** Batches put together by the query language: union, intersection, minus. Pure. */
import { quote } from "~/lib/queryText";

export const unionOf = (names: readonly string[]): string =>
  names.length === 1 ? `batch:${quote(names[0] ?? "")}` : `batch:(${names.map(quote).join(", ")})`;

export const intersectionOf = (names: readonly string[]): string =>
  names.map((name) => `batch:${quote(name)}`).join(" ");

/** What is in the first and in none of the others. */
export const minusOf = (first: string, others: readonly string[]): string =>
  `batch:${quote(first)} -${unionOf(others)}`;
