/** The batch in staging that a query looks at, such as `batch:night`; assets can be taken out of it. */
import { useQuery } from "@tanstack/react-query";
import { batchesQuery } from "~/api/batches";
import { parseQuery } from "~/api/library";
import type { Batch } from "~/api/types";
import { findTerm, quote } from "~/lib/queryText";

export function useStagingBatch(projectId: string, q: string): Batch | null {
  const asks = /\bbatch:/i.test(q);
  const chips = useQuery({ ...parseQuery(projectId, q), enabled: asks }).data?.chips ?? [];
  const batches = useQuery({ ...batchesQuery(projectId), enabled: asks }).data?.items ?? [];
  if (!asks) return null;
  return (
    batches.find(
      (batch) =>
        batch.state === "staging" && findTerm(chips, `batch:${quote(batch.name)}`) !== null,
    ) ?? null
  );
}
