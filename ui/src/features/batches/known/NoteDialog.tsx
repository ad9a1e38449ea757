/** The note of a known answer: what an annotator is told beside it after a training task. */
import { Button, Modal, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { putKnownAnswers } from "~/api/quality";
import type { Batch, KnownAnswer } from "~/api/types";
import dialog from "~/components/batch/batch.module.css";
import { Failure } from "~/components/Page";
import { useRefreshKnown } from "~/components/batch/useRefreshKnown";

const NOTE_MAX = 2_000;

export function NoteDialog({
  projectId,
  batch,
  known,
  onClose,
}: {
  projectId: string;
  batch: Batch;
  known: KnownAnswer;
  onClose: () => void;
}) {
  const [note, setNote] = useState(known.note);
  const refresh = useRefreshKnown(projectId, batch.id);
  const save = useMutation({
    mutationFn: () =>
      putKnownAnswers(projectId, batch.id, [
        { asset_id: known.asset.id, response: known.response, note: note.trim() },
      ]),
    onSuccess: () => {
      refresh();
      onClose();
    },
  });
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={`Note of “${known.asset.name}”`} size={520}>
      <form onSubmit={handleSubmit} className={dialog.dialog}>
        <Textarea
          label="Note"
          description={
            batch.kind === "training"
              ? "Why it is so. Whoever did the task reads it beside the known answer."
              : "For managers: gold tasks are never explained to those who label."
          }
          autosize
          minRows={3}
          maxRows={10}
          maxLength={NOTE_MAX}
          value={note}
          onChange={(event) => setNote(event.target.value)}
          data-autofocus
        />
        {save.error !== null && <Failure error={save.error} />}
        <Button type="submit" loading={save.isPending}>
          Save
        </Button>
      </form>
    </Modal>
  );
}
