/** The first of many rows, and a button for the others: a long list does not push away what is below it. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { count } from "~/lib/format";

/** Rows that are shown at once; a few more than these are not worth a button. */
const FIRST = 20;
const SLACK = 5;

export function useFirst<T>(all: readonly T[]): {
  rows: readonly T[];
  showAll: (() => void) | null;
} {
  const [open, setOpen] = useState(false);
  if (open || all.length <= FIRST + SLACK) return { rows: all, showAll: null };
  return { rows: all.slice(0, FIRST), showAll: () => setOpen(true) };
}

export function ShowAll({ n, what, onClick }: { n: number; what: string; onClick: () => void }) {
  return (
    <div style={{ padding: 10 }}>
      <Button variant="default" onClick={onClick}>
        Show all {count(n)} {what}
      </Button>
    </div>
  );
}
