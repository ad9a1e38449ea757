/**
 * The tasks of a gold or training batch in upload order, each with its known answer or none. Both lists of the server
 * are in that order, so that they are read side by side, a page at a time.
 */
import type { InfiniteData } from "@tanstack/react-query";
import { fetchAssetPage } from "~/api/library";
import { fetchKnownAnswers } from "~/api/quality";
import type { Asset, KnownAnswer } from "~/api/types";
import { quote } from "~/lib/queryText";

export type Entry = { asset: Asset; known: KnownAnswer | null };
/** Where both lists go on: `ahead` is known of assets that are not read yet; `cursor` is undefined at the end. */
export type Place = { offset: number; ahead: KnownAnswer[]; cursor: string | null | undefined };
export type WalkPage = { entries: Entry[]; total: number; next: Place | null };

const PAGE = 200;
export const START: Place = { offset: 0, ahead: [], cursor: null };

/** Joins assets with the answers that are known, both in upload order. What is left is of later assets. */
export function joined(
  assets: readonly Asset[],
  known: readonly KnownAnswer[],
): { entries: Entry[]; ahead: KnownAnswer[] } {
  const byAsset = new Map(known.map((one) => [one.asset.id, one]));
  const entries = assets.map((asset) => {
    const one = byAsset.get(asset.id) ?? null;
    byAsset.delete(asset.id);
    return { asset, known: one };
  });
  const last = assets.at(-1)?.ordinal ?? -1;
  return { entries, ahead: [...byAsset.values()].filter(({ asset }) => asset.ordinal > last) };
}

export async function readPage(
  projectId: string,
  batch: { id: string; name: string },
  { offset, ahead, cursor }: Place,
  signal: AbortSignal,
): Promise<WalkPage> {
  const q = `batch:${quote(batch.name)}`;
  const query = { q, sort: "ordinal", offset, limit: PAGE };
  const page = await fetchAssetPage(projectId, query, signal);
  const last = page.items.at(-1)?.ordinal ?? -1;
  const known = [...ahead];
  let at = cursor;
  while (at !== undefined && (known.at(-1)?.asset.ordinal ?? -1) < last) {
    const more = await fetchKnownAnswers(projectId, batch.id, at, PAGE, signal);
    known.push(...more.items);
    at = more.next_cursor ?? undefined;
  }
  const { entries, ahead: left } = joined(page.items, known);
  const read = offset + page.items.length;
  const ended = read >= page.total || page.items.length === 0;
  return {
    entries,
    total: page.total,
    next: ended ? null : { offset: read, ahead: left, cursor: at },
  };
}

type Walk = InfiniteData<WalkPage>;

export const entriesOf = (walk: Walk | undefined): Entry[] =>
  walk?.pages.flatMap(({ entries }) => entries) ?? [];

/** The walk with one more answer known. */
export function withKnown(walk: Walk, known: KnownAnswer): Walk {
  const put = (entry: Entry) => (entry.asset.id === known.asset.id ? { ...entry, known } : entry);
  return {
    ...walk,
    pages: walk.pages.map((page) => ({ ...page, entries: page.entries.map(put) })),
  };
}
