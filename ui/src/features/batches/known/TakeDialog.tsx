/** Takes the answers of another batch's done tasks as known ones. */
import { Button, Modal, Select } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { batchesQuery } from "~/api/batches";
import { copyKnownAnswers } from "~/api/quality";
import type { Batch } from "~/api/types";
import dialog from "~/components/batch/batch.module.css";
import { isQuality } from "~/components/batch/kinds";
import { Failure } from "~/components/Page";
import { count } from "~/lib/format";
import { useRefreshKnown } from "~/components/batch/useRefreshKnown";
import { writtenText } from "./words";

export function TakeDialog({
  projectId,
  batch,
  onClose,
}: {
  projectId: string;
  batch: Batch;
  onClose: () => void;
}) {
  const [chosen, setChosen] = useState<string | null>(null);
  const batches = useQuery(batchesQuery(projectId));
  const sources = (batches.data?.items ?? []).filter(
    ({ id, kind, counts }) => id !== batch.id && !isQuality(kind) && counts.done > 0,
  );
  const refresh = useRefreshKnown(projectId, batch.id);
  const take = useMutation({
    mutationFn: (from: string) => copyKnownAnswers(projectId, batch.id, from),
    onSuccess: refresh,
  });
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (chosen !== null) take.mutate(chosen);
  };
  return (
    <Modal opened onClose={onClose} title="Take the answers of another batch" size={520}>
      <form onSubmit={handleSubmit} className={dialog.dialog}>
        <div>
          For the assets that both batches have, the answers of its done tasks become the known
          ones; of several answers what most of them say. Answers that are known already stay.
        </div>
        <Select
          label="Batch"
          placeholder={batches.isPending ? "Loading…" : "Choose a batch"}
          searchable
          value={chosen}
          onChange={(value) => {
            setChosen(value);
            take.reset();
          }}
          allowDeselect={false}
          maxDropdownHeight={280}
          limit={100}
          data={sources.map(({ id, name, counts }) => ({
            value: id,
            label: `${name} (${count(counts.done)} of ${count(counts.members)} done)`,
          }))}
          nothingFoundMessage="No batch of this name has done tasks"
          data-autofocus
        />
        {batches.data !== undefined && sources.length === 0 && (
          <div className={dialog.hint}>No batch that labels data has done tasks yet.</div>
        )}
        {take.error !== null && <Failure error={take.error} />}
        {take.data !== undefined && (
          <div role="status">
            {take.data.written === 0
              ? "Nothing was taken: the batches share no asset with a done task that needs an answer. "
              : ""}
            {writtenText(take.data)}
          </div>
        )}
        {take.data === undefined ? (
          <Button type="submit" loading={take.isPending} disabled={chosen === null}>
            Take the answers
          </Button>
        ) : (
          <Button type="button" variant="default" onClick={onClose}>
            Close
          </Button>
        )}
      </form>
    </Modal>
  );
}
