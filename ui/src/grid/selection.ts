/**
 * What is picked in the library: some assets by id, or "all that the query finds",
 * which is a query and never a list. Pure.
 */

export type AssetSelection =
  | { kind: "some"; ids: ReadonlySet<string>; anchor: number | null }
  | { kind: "query"; q: string; total: number };

export const nothing: AssetSelection = { kind: "some", ids: new Set(), anchor: null };

export const selectedCount = (selection: AssetSelection): number =>
  selection.kind === "query" ? selection.total : selection.ids.size;

export const isSelected = (selection: AssetSelection, id: string): boolean =>
  selection.kind === "query" || selection.ids.has(id);

/** Only this one. */
export const only = (id: string, row: number): AssetSelection => ({
  kind: "some",
  ids: new Set([id]),
  anchor: row,
});

/** This one in or out. Out of "all that the query finds" starts anew with this one alone. */
export function toggle(selection: AssetSelection, id: string, row: number): AssetSelection {
  if (selection.kind === "query") return only(id, row);
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { kind: "some", ids, anchor: row };
}

/** These too; the anchor stays, so that a longer shift-range starts at the same place. */
export function addAll(selection: AssetSelection, added: readonly string[]): AssetSelection {
  if (selection.kind === "query") return selection;
  return { kind: "some", ids: new Set([...selection.ids, ...added]), anchor: selection.anchor };
}

/** The rows between the anchor and `row`, both included; end exclusive. */
export function rangeTo(selection: AssetSelection, row: number): { first: number; end: number } {
  const anchor = selection.kind === "some" ? (selection.anchor ?? row) : row;
  return { first: Math.min(anchor, row), end: Math.max(anchor, row) + 1 };
}

/** Where the cursor goes for a key, or null when the key is not ours. */
export function moveCursor(
  key: string,
  cursor: number,
  columns: number,
  pageLines: number,
  total: number,
): number | null {
  if (total === 0) return null;
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    PageUp: -columns * pageLines,
    PageDown: columns * pageLines,
  };
  if (key === "Home") return 0;
  if (key === "End") return total - 1;
  const step = steps[key];
  if (step === undefined) return null;
  const next = cursor + step;
  if (next < 0) return Math.abs(step) === 1 ? 0 : cursor % columns;
  return Math.min(next, total - 1);
}
