/** Going through the tasks of a batch whose answers are known: where one is, the next, the next without an answer. */
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import type { Batch, KnownAnswer } from "~/api/types";
import { entriesOf, readPage, START, withKnown, type Entry, type WalkPage } from "./walk";

export function useKnownWalk(projectId: string, batch: Batch, assetId: string | undefined) {
  const client = useQueryClient();
  const queryKey = ["known-walk", projectId, batch.id];
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => readPage(projectId, batch, pageParam, signal),
    initialPageParam: START,
    getNextPageParam: (last: WalkPage) => last.next,
    // Read anew whenever the page is opened; what is saved here is put in by hand.
    staleTime: Infinity,
    gcTime: 0,
    // An answer that is saved stays the same object as the one on the canvas: that is how one sees that it is saved.
    structuralSharing: false,
  });
  const [at, setAt] = useState<number | null>(null);
  const entries = entriesOf(query.data);
  const { fetchNextPage } = query;

  /** The first from a place on that is wanted, reading on as far as it takes; null when there is none. */
  const seek = useCallback(
    async (from: number, wanted: (entry: Entry) => boolean): Promise<number | null> => {
      let data = client.getQueryData<typeof query.data>(queryKey);
      for (;;) {
        const all = entriesOf(data);
        const found = all.findIndex((entry, i) => i >= from && wanted(entry));
        if (found >= 0) return found;
        if (data === undefined || data.pages.at(-1)?.next == null) return null;
        const more = await fetchNextPage();
        if (more.data === undefined || more.isError) return null;
        data = more.data;
      }
    },
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the key is of these two
    [client, fetchNextPage, projectId, batch.id],
  );

  const begun = query.data !== undefined;
  useEffect(() => {
    if (!begun || at !== null) return;
    let live = true;
    const begin = async () => {
      const named =
        assetId === undefined ? null : await seek(0, ({ asset }) => asset.id === assetId);
      const first = named ?? (await seek(0, ({ known }) => known === null)) ?? 0;
      if (live) setAt(first);
    };
    void begin();
    return () => {
      live = false;
    };
  }, [begun, at, assetId, seek]);

  const go = async (to: number) => {
    if (to < 0) return;
    const found = await seek(to, () => true);
    if (found !== null) setAt(found);
  };
  /** The next without an answer, from here on and then from the start; false when all have one. */
  const goToMissing = async (): Promise<boolean> => {
    const lacks = ({ known }: Entry) => known === null;
    const found = (await seek((at ?? -1) + 1, lacks)) ?? (await seek(0, lacks));
    if (found === null || found === at) return found !== null;
    setAt(found);
    return true;
  };
  const put = (known: KnownAnswer) =>
    client.setQueryData<typeof query.data>(queryKey, (walk) => walk && withKnown(walk, known));

  return {
    query,
    at,
    entry: at === null ? undefined : entries[at],
    total: query.data?.pages[0]?.total ?? 0,
    go,
    goToMissing,
    put,
  };
}
