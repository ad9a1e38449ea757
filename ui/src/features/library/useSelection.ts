/** Picking assets by mouse and by keyboard, on top of the pure rules in grid/selection. */
import { useEffect, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { notifyError } from "~/components/notify";
import type { PickHow } from "~/grid/gridProps";
import {
  addAll,
  isSelected,
  moveCursor,
  nothing,
  only,
  rangeTo,
  selectedCount,
  toggle,
  type AssetSelection,
} from "~/grid/selection";
import type { VirtualRowsHandle } from "~/grid/VirtualRows";
import type { AssetRows } from "./useAssetRows";

/** A range picked by hand; beyond it "select all" and a query are the tools. */
const RANGE_LIMIT = 20_000;

export function useSelection({
  rows,
  q,
  columns,
  grid,
  onOpen,
  onCursor,
}: {
  rows: AssetRows;
  q: string;
  columns: number;
  grid: RefObject<VirtualRowsHandle | null>;
  onOpen: (index: number) => void;
  onCursor: (index: number) => void;
}) {
  const [selection, setSelection] = useState<AssetSelection>(nothing);
  const [cursor, setCursor] = useState(0);
  const view = useRef({ first: 0, end: 0, lines: 1 });
  const total = rows.total ?? 0;

  // Another query: "all that it finds" no longer means this. Ticked assets stay ticked.
  useEffect(() => {
    setCursor(0);
    setSelection((now) => (now.kind === "query" && now.q !== q ? nothing : now));
  }, [q]);

  const selectRange = (to: number) => {
    const { first, end } = rangeTo(selection, to);
    if (end - first > RANGE_LIMIT) {
      notifyError(
        new Error(
          `a range of more than ${RANGE_LIMIT.toLocaleString("en-US")} assets: narrow the query and select all that it finds`,
        ),
        "The range is too long",
      );
      return;
    }
    rows.range(first, end, new AbortController().signal).then(
      (assets) =>
        setSelection((now) =>
          addAll(
            now,
            assets.map((asset) => asset.id),
          ),
        ),
      (error: unknown) => notifyError(error, "The range was not selected"),
    );
  };
  const handlePick = (index: number, how: PickHow) => {
    const id = rows.row(index)?.id;
    setCursor(index);
    grid.current?.focus();
    if (id === undefined) return;
    if (how === "range") selectRange(index);
    else if (how === "toggle") setSelection((now) => toggle(now, id, index));
    else setSelection(only(id, index));
    onCursor(index);
  };
  const go = (index: number) => {
    setCursor(index);
    grid.current?.reveal(Math.floor(index / columns));
    onCursor(index);
  };
  const selectVisible = () => {
    const ids: string[] = [];
    for (let i = view.current.first; i < view.current.end; i += 1) {
      const id = rows.row(i)?.id;
      if (id !== undefined) ids.push(id);
    }
    setSelection((now) => addAll(now.kind === "query" ? nothing : now, ids));
  };
  const selectAll = () => setSelection({ kind: "query", q, total });
  const clear = () => setSelection(nothing);

  const handleKeyDown = (event: KeyboardEvent) => {
    const { key } = event;
    if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "a") {
      event.preventDefault();
      if (event.shiftKey) selectAll();
      else selectVisible();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const id = rows.row(cursor)?.id;
    if (key === " " && id !== undefined) {
      event.preventDefault();
      if (event.shiftKey) selectRange(cursor);
      else setSelection((now) => toggle(now, id, cursor));
      return;
    }
    if (key === "Enter") {
      event.preventDefault();
      onOpen(cursor);
      return;
    }
    const next = moveCursor(key, cursor, columns, view.current.lines, total);
    if (next === null) return;
    event.preventDefault();
    if (event.shiftKey) {
      if (selection.kind === "some" && selection.anchor === null && id !== undefined) {
        setSelection(only(id, cursor));
      }
      selectRange(next);
    }
    go(next);
  };

  return {
    selection,
    cursor: Math.min(cursor, Math.max(0, total - 1)),
    count: selectedCount(selection),
    isSelected: (id: string) => isSelected(selection, id),
    handlePick,
    handleKeyDown,
    handleWindow: (first: number, end: number, lines: number) => {
      view.current = { first, end, lines: Math.max(1, lines - 1) };
      rows.look(first, end);
    },
    selectAll,
    clear,
    step: (by: number) => {
      const next = cursor + by;
      if (next >= 0 && next < total) go(next);
    },
  };
}
