/** What was found or ticked, put into a batch that is there. Counts first, then does it. */
import { Button, Loader, Modal, Select, Switch } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type FormEvent, type ReactNode } from "react";
import { appendToBatch, batchesQuery } from "~/api/batches";
import type { Batch, Recipe } from "~/api/types";
import { notifyDone } from "~/components/notify";
import { Failure } from "~/components/Page";
import { count, plural } from "~/lib/format";
import css from "./batch.module.css";
import { addedText, takesMore } from "./words";

const STATES: Partial<Record<Batch["state"], string>> = {
  staging: "in staging",
  in_progress: "in progress",
  paused: "paused",
  completed: "completed",
};
const AFTER: Partial<Record<Batch["state"], string>> = {
  staging: "Nobody sees the new tasks until the batch is launched.",
  in_progress: "The new tasks are in the annotators' queue at once.",
  paused: "The new tasks are served when the batch goes on.",
  completed: "The batch goes on with the new tasks.",
};

export function AppendDialog({
  projectId,
  source,
  what,
  onClose,
}: {
  projectId: string;
  /** What the assets are chosen from; all of it is added. */
  source: Pick<Recipe, "query" | "assets">;
  /** The same in words. */
  what: ReactNode;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const batches = useQuery(batchesQuery(projectId));
  const open = (batches.data?.items ?? []).filter(takesMore);
  const [chosen, setChosen] = useState<string | null>(null);
  const [exclude, setExclude] = useState(false);
  const batch = open.find((entry) => entry.id === chosen);
  const recipe: Recipe = {
    ...source,
    ...(exclude ? { exclude: { batched: "any" as const } } : {}),
    pick: "all",
  };
  const dry = useQuery({
    queryKey: ["append-dry", projectId, chosen, recipe],
    queryFn: ({ signal }) =>
      appendToBatch(projectId, chosen ?? "", { recipe, dry_run: true }, signal),
    enabled: chosen !== null,
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });
  const add = useMutation({
    mutationFn: (id: string) => appendToBatch(projectId, id, { recipe }),
    onSuccess: (done) => {
      for (const key of ["batches", "batch", "batch-revisions", "asset", "facets", "project"]) {
        void client.invalidateQueries({ queryKey: [key, projectId] });
      }
      notifyDone(addedText(done));
      onClose();
    },
  });
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (chosen !== null) add.mutate(chosen);
  };
  const nothing = dry.data !== undefined && dry.data.added === 0;
  return (
    <Modal opened onClose={onClose} title="Add to a batch">
      <form onSubmit={handleSubmit} className={css.dialog}>
        <div>{what}</div>
        <Select
          label="Batch"
          placeholder={batches.isPending ? "Loading…" : "Choose a batch"}
          searchable
          value={chosen}
          onChange={setChosen}
          allowDeselect={false}
          maxDropdownHeight={280}
          limit={100}
          data={open.map((entry) => ({
            value: entry.id,
            label: `${entry.name} (${STATES[entry.state] ?? entry.state}, ${count(entry.counts.members)})`,
          }))}
          nothingFoundMessage="No batch of this name takes more assets"
          data-autofocus
        />
        {batches.data !== undefined && batches.data.total > batches.data.items.length && (
          <div className={css.hint}>
            The newest {count(batches.data.items.length)} of {count(batches.data.total)} batches are
            offered. To an older one, add from its own page.
          </div>
        )}
        {batches.data !== undefined && open.length === 0 && (
          <div className={css.hint}>
            There is no batch that takes more. Cancelled and archived ones do not.
          </div>
        )}
        <Switch
          label="Leave out what is in another batch"
          checked={exclude}
          onChange={(event) => setExclude(event.currentTarget.checked)}
        />
        {chosen !== null && (
          <div className={css.counted} role="status">
            {dry.isFetching ? (
              <Loader size={14} aria-label="Counting" />
            ) : dry.data === undefined ? null : (
              <span>
                <b className="num">{count(dry.data.added)}</b> will be added
                {dry.data.already > 0 && `, ${count(dry.data.already)} are in it already`}.{" "}
                {batch !== undefined && !nothing && AFTER[batch.state]}
              </span>
            )}
          </div>
        )}
        {dry.error !== null && <Failure error={dry.error} />}
        {add.error !== null && <Failure error={add.error} />}
        <Button
          type="submit"
          loading={add.isPending}
          disabled={dry.data === undefined || dry.isFetching || nothing}
        >
          {dry.data === undefined || nothing ? "Add" : `Add ${plural(dry.data.added, "asset")}`}
        </Button>
        {chosen !== null && source.assets === undefined && (
          <Link
            className={css.hint}
            to="/p/$projectId/batches/new"
            params={{ projectId }}
            search={{
              into: chosen,
              ...((source.query ?? "") === ""
                ? { from: "library" as const }
                : { from: "query" as const, q: source.query ?? "" }),
            }}
          >
            Only a part of them: random, by a quota, leaving out chosen batches
          </Link>
        )}
      </form>
    </Modal>
  );
}
