/** A list that is read by cursor, in each of its states: not there yet, not to be had, empty, and its rows. */
import type { ComponentProps, ReactNode } from "react";
import { Failure, Waiting } from "~/components/Page";
import { LongTable } from "./LongTable";

export function CursorList<T extends { id: string }>({
  what,
  empty,
  ...table
}: ComponentProps<typeof LongTable<T>> & {
  /** What is waited for, in the plural. */
  what: string;
  /** Instead of the table when there is nothing. */
  empty: ReactNode;
}) {
  const { list, store } = table;
  return (
    <>
      {list.total === null && list.error === null && <Waiting what={what} />}
      {list.total === null && list.error !== null && (
        <Failure error={list.error} onRetry={() => store.refresh()} />
      )}
      {list.total === 0 && empty}
      {list.rows.length > 0 && <LongTable<T> {...table} />}
    </>
  );
}
