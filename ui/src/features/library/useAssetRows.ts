/** The rows that a query and a sort give, fetched by pages as they are looked at. */
import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import { ASSETS_PER_PAGE } from "~/api/first";
import { fetchAssetPage } from "~/api/library";
import type { Asset, AssetPage } from "~/api/types";
import { PageStore } from "~/grid/pageStore";

export type AssetRows = {
  total: number | null;
  tookMs: number | null;
  error: unknown;
  row: (index: number) => Asset | undefined;
  look: (first: number, end: number) => void;
  range: (first: number, end: number, signal: AbortSignal) => Promise<Asset[]>;
  refresh: () => void;
};

export function useAssetRows(projectId: string, q: string, sort: string): AssetRows {
  const store = useMemo(
    () =>
      new PageStore<Asset, AssetPage>(
        (offset, limit, signal) => fetchAssetPage(projectId, { q, sort, offset, limit }, signal),
        { pageSize: ASSETS_PER_PAGE },
      ),
    [projectId, q, sort],
  );
  useEffect(() => {
    store.look(0, 50);
    return () => store.stop();
  }, [store]);
  const state = useSyncExternalStore(store.subscribe, store.snapshot);
  // The function changes when rows arrive, so that what shows them draws again.
  const row = useCallback(
    (index: number) => (state.version < 0 ? undefined : store.row(index)),
    [store, state.version],
  );
  return useMemo(
    () => ({
      total: state.total,
      tookMs: state.newest?.took_ms ?? null,
      error: state.error,
      row,
      look: (first: number, end: number) => store.look(first, end),
      range: (first: number, end: number, signal: AbortSignal) => store.rows(first, end, signal),
      refresh: () => store.refresh(),
    }),
    [state.total, state.newest, state.error, row, store],
  );
}
