/** What an empty query box shows: a query that works in this very library. Pure. */
import type { Field } from "~/api/types";
import { quote } from "~/lib/queryText";

const MAX_VALUES = 200;
const VALUE_LENGTH_MAX = 24;

export function exampleQuery(fields: readonly Field[]): string {
  const own = fields.filter((field) => !field.builtin);
  const word = own.find(
    ({ kinds, n_distinct, min }) =>
      kinds.includes("text") &&
      n_distinct !== null &&
      n_distinct > 1 &&
      n_distinct <= MAX_VALUES &&
      typeof min === "string" &&
      min !== "" &&
      min.length <= VALUE_LENGTH_MAX,
  );
  const number = own.find(
    ({ kinds, min, max }) =>
      kinds.length === 1 && kinds[0] === "number" && middle(min, max) !== null,
  );
  return [
    word === undefined ? "" : `${quote(word.name)}:${quote(String(word.min))}`,
    number === undefined ? "" : `${quote(number.name)}<${middle(number.min, number.max)}`,
    "name:*.jpg",
    "is:unbatched",
  ]
    .filter(Boolean)
    .join("   ");
}

function middle(min: Field["min"], max: Field["max"]): number | null {
  const low = Number(min);
  const high = Number(max);
  if (min === null || max === null || !(low < high)) return null;
  const half = (low + high) / 2;
  return high - low >= 4 ? Math.round(half) : Number(half.toPrecision(2));
}
