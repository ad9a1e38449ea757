/** What was found or ticked, taken out of a batch in staging. Counts first, then does it. */
import { Button, Loader, Modal } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode } from "react";
import { removeFromBatch } from "~/api/batches";
import type { Batch, Recipe } from "~/api/types";
import { notifyDone } from "~/components/notify";
import { Failure } from "~/components/Page";
import { count, plural } from "~/lib/format";
import css from "./batch.module.css";

export function RemoveDialog({
  projectId,
  batch,
  source,
  what,
  onClose,
  onDone,
}: {
  projectId: string;
  batch: Batch;
  source: Pick<Recipe, "query" | "assets">;
  /** The same in words. */
  what: ReactNode;
  onClose: () => void;
  onDone: () => void;
}) {
  const client = useQueryClient();
  const recipe: Recipe = { ...source, pick: "all" };
  const dry = useQuery({
    queryKey: ["remove-dry", projectId, batch.id, recipe],
    queryFn: ({ signal }) =>
      removeFromBatch(projectId, batch.id, { recipe, dry_run: true }, signal),
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });
  const remove = useMutation({
    mutationFn: () => removeFromBatch(projectId, batch.id, { recipe }),
    onSuccess: (done) => {
      for (const key of ["batches", "batch", "batch-revisions", "asset", "facets", "project"]) {
        void client.invalidateQueries({ queryKey: [key, projectId] });
      }
      notifyDone(
        `${plural(done.removed, "asset")} taken out of “${batch.name}”; ${count(done.batch.counts.members)} are left.`,
      );
      onDone();
    },
  });
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault();
    remove.mutate();
  };
  const removed = dry.data?.removed;
  return (
    <Modal opened onClose={onClose} title={`Take out of “${batch.name}”`}>
      <form onSubmit={handleSubmit} className={css.dialog}>
        <div>{what}</div>
        <div className={css.counted} role="status">
          {removed === undefined ? (
            dry.error === null && <Loader size={14} aria-label="Counting" />
          ) : (
            <span>
              <b className="num">{count(removed)}</b> will be taken out,{" "}
              {count(Math.max(0, batch.counts.members - removed))} stay. The assets stay in the
              library.
            </span>
          )}
        </div>
        {dry.error !== null && <Failure error={dry.error} />}
        {remove.error !== null && <Failure error={remove.error} />}
        <Button
          type="submit"
          color="red"
          loading={remove.isPending}
          disabled={removed === undefined || removed === 0}
          data-autofocus
        >
          {removed === undefined || removed === 0
            ? "Take out"
            : `Take out ${plural(removed, "asset")}`}
        </Button>
      </form>
    </Modal>
  );
}
