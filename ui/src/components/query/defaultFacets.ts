/** Which fields are worth a facet before anybody has chosen. Pure. */
import type { Field } from "~/api/types";

const WORTH = ["status", "batch", "upload", "uploaded"];
const MAX_VALUES = 60;

/** Up to six metadata fields that group assets, then the label state, batches and uploads. */
export function defaultFacets(fields: readonly Field[]): string[] {
  const groups = (field: Field) =>
    field.kinds.includes("number") ||
    field.kinds.includes("time") ||
    (field.n_distinct !== null && field.n_distinct > 1 && field.n_distinct <= MAX_VALUES);
  const metadata = fields
    .filter((field) => !field.builtin && groups(field))
    .sort((a, b) => b.count - a.count)
    .slice(0, 6);
  const builtin = WORTH.filter((name) => fields.some((field) => field.name === name));
  return [...metadata.map((field) => field.name), ...builtin];
}
