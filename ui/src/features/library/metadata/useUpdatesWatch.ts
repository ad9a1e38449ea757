/** The metadata updates that run while the library is open, and those that ended meanwhile, until they are put away. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { newestUpdatesQuery } from "~/api/metadata";
import type { MetadataUpdate } from "~/api/types";
import { libraryChanged } from "~/components/metadata/libraryChanged";

const isRunning = (update: MetadataUpdate) => update.state === "running";

export function useUpdatesWatch(
  projectId: string,
  options: {
    enabled: boolean;
    /** A dialog shows one itself: what ends in it is not told twice. */
    quiet: boolean;
    onEnded: () => void;
  },
): { running: MetadataUpdate[]; ended: MetadataUpdate[]; putAway: (id: string) => void } {
  const { enabled, quiet, onEnded } = options;
  const client = useQueryClient();
  const query = useQuery({
    ...newestUpdatesQuery(projectId),
    enabled,
    refetchInterval: ({ state }) => (state.data?.items.some(isRunning) ? 1000 : 20_000),
  });
  const items = query.data?.items ?? [];
  const running = items.filter(isRunning);
  const [seen, setSeen] = useState<readonly string[]>([]);
  const fresh = quiet ? [] : running.filter(({ id }) => !seen.includes(id));
  if (fresh.length > 0) setSeen([...seen, ...fresh.map(({ id }) => id)]);
  const ended = items.filter((update) => !isRunning(update) && seen.includes(update.id));
  const over = ended.map(({ id }) => id).join(" ");
  useEffect(() => {
    if (over === "") return;
    libraryChanged(client, projectId);
    onEnded();
    // Once for each that ends.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [over]);
  return { running, ended, putAway: (id) => setSeen(seen.filter((other) => other !== id)) };
}
