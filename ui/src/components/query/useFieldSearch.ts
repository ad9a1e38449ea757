/**
 * The fields whose name has a text in it, a bounded number of them. The server describes the first thousand fields;
 * beyond those it is asked with the text.
 */
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { fieldsFound, fieldsQuery } from "~/api/library";
import type { Field } from "~/api/types";

/** Fields listed at a time. */
const LISTED = 60;

export type FieldSearch = {
  listed: Field[];
  /** How many more have the text in their name. */
  more: number;
  searching: boolean;
};

/** Best first: the name itself, then those that begin with the text. */
export function matchFields(fields: readonly Field[], text: string): Field[] {
  const find = text.trim().toLowerCase();
  if (find === "") return [...fields];
  const rank = (field: Field) => {
    const name = field.name.toLowerCase();
    return name === find ? 0 : name.startsWith(find) ? 1 : 2;
  };
  return fields
    .filter((field) => field.name.toLowerCase().includes(find))
    .sort((a, b) => rank(a) - rank(b));
}

export function useFieldSearch(projectId: string, text: string): FieldSearch {
  const known = useQuery(fieldsQuery(projectId));
  const [settled] = useDebouncedValue(text.trim(), 160);
  const all = known.data?.items ?? [];
  const partial = known.data !== undefined && (known.data.total ?? all.length) > all.length;
  const asked = useQuery({
    ...fieldsFound(projectId, settled),
    enabled: partial && settled !== "",
    placeholderData: keepPreviousData,
  });
  const remote = partial && text.trim() !== "" && asked.data !== undefined;
  const found = matchFields(remote ? asked.data.items : all, text);
  const total = remote
    ? Math.max(asked.data.total, found.length)
    : partial && text.trim() === ""
      ? (known.data?.total ?? found.length)
      : found.length;
  const listed = found.slice(0, LISTED);
  return {
    listed,
    more: total - listed.length,
    searching: known.isPending || (partial && (asked.isFetching || settled !== text.trim())),
  };
}
