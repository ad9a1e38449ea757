/**
 * Keeps the batches of a project in the cache as they are on the server, while the page is seen: by server-sent events,
 * and by polling (the page's own) when there is no stream. A hidden page holds no connection: a browser has few of them.
 */
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { followBatches } from "~/api/insights";
import type { Batch, BatchProgressEvent } from "~/api/types";

/** What is worked out of many counts is asked for anew this often at most, ms. */
const DERIVED_EVERY = 10_000;
/** A stream that is away this long is told of, ms. */
const LOST_AFTER = 5_000;

export type Live = "live" | "connecting" | "lost";

export function useLive(projectId: string, onProgress?: (event: BatchProgressEvent) => void): Live {
  const client = useQueryClient();
  const [live, setLive] = useState<Live>("connecting");
  useEffect(() => {
    if (typeof EventSource === "undefined") return;
    const derived = throttled(() => refreshDerived(client, projectId), DERIVED_EVERY);
    let stop: (() => void) | null = null;
    let doubt: ReturnType<typeof setTimeout> | undefined;
    const start = () => {
      stop ??= followBatches(projectId, {
        onProgress: (event) => {
          apply(client, projectId, event);
          onProgress?.(event);
          derived.call();
        },
        onLost: (lost) => {
          clearTimeout(doubt);
          if (!lost) setLive("live");
          else doubt = setTimeout(() => setLive("lost"), LOST_AFTER);
        },
      });
    };
    const end = () => {
      clearTimeout(doubt);
      stop?.();
      stop = null;
    };
    const look = () => (document.visibilityState === "visible" ? start() : end());
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      derived.stop();
      end();
    };
    // The callback is the caller's to keep the same.
  }, [client, projectId, onProgress]);
  return live;
}

function apply(client: QueryClient, projectId: string, event: BatchProgressEvent): void {
  const { batch_id, state, counts } = event;
  client.setQueryData<Batch>(
    ["batch", projectId, batch_id],
    (old) => old && { ...old, state, counts },
  );
}

function refreshDerived(client: QueryClient, projectId: string): void {
  for (const key of ["batch-progress", "batch-tasks", "insights", "batch"]) {
    void client.invalidateQueries({ queryKey: [key, projectId] });
  }
}

/** Calls at once, then at most once in so many ms, and once more for what came meanwhile. */
export function throttled(run: () => void, every: number): { call: () => void; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let again = false;
  const rest = () => {
    timer = setTimeout(() => {
      timer = null;
      if (!again) return;
      again = false;
      run();
      rest();
    }, every);
  };
  return {
    call: () => {
      if (timer !== null) {
        again = true;
        return;
      }
      run();
      rest();
    },
    stop: () => {
      if (timer !== null) clearTimeout(timer);
    },
  };
}
