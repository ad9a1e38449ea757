/** What was begun and is not saved, by asset: it is there when one comes back, and one is asked before all of it is lost. */
import { useBlocker } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import type { Response as Answer } from "~/api/types";
import { confirm } from "~/components/confirm";
import { plural } from "~/lib/format";

export type Draft = { answer: Answer; note: string };
export type Drafts = {
  unsaved: number;
  of: (assetId: string) => Draft | undefined;
  /** Undefined: there is nothing unsaved of it any more. */
  set: (assetId: string, draft: Draft | undefined) => void;
};

export function useDrafts(): Drafts {
  const [drafts, setDrafts] = useState<ReadonlyMap<string, Draft>>(new Map());
  const set = useCallback((assetId: string, draft: Draft | undefined) => {
    setDrafts((old) => {
      if (draft === undefined && !old.has(assetId)) return old;
      const next = new Map(old);
      if (draft === undefined) next.delete(assetId);
      else next.set(assetId, draft);
      return next;
    });
  }, []);
  useBlocker({
    shouldBlockFn: async () =>
      drafts.size > 0 &&
      !(await confirm({
        title: "Leave without saving?",
        text: `What you marked on ${plural(drafts.size, "asset")} is not saved and will be lost.`,
        yes: "Leave",
        danger: true,
      })),
    enableBeforeUnload: () => drafts.size > 0,
  });
  return { unsaved: drafts.size, of: (assetId) => drafts.get(assetId), set };
}
