/** After known answers were written: the list, the batch and everybody's accuracy are read again. */
import { useQueryClient } from "@tanstack/react-query";

export function useRefreshKnown(projectId: string, batchId: string): () => void {
  const client = useQueryClient();
  return () => {
    for (const key of [
      ["known-answers", projectId, batchId],
      ["batch", projectId, batchId],
      ["quality", projectId],
    ]) {
      void client.invalidateQueries({ queryKey: key });
    }
  };
}
