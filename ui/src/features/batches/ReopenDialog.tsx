/** Has a task that is done labelled and reviewed once more; its author is shown why. */
import { Button, Modal, Textarea } from "@mantine/core";
import { useState, type FormEvent } from "react";
import type { BatchTask } from "~/api/types";

export function ReopenDialog({
  task,
  onClose,
  onReopen,
}: {
  task: BatchTask;
  onClose: () => void;
  onReopen: (reason: string) => void;
}) {
  const [reason, setReason] = useState("");
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault();
    onReopen(reason.trim());
  };
  return (
    <Modal opened onClose={onClose} title={`Have “${task.asset.name}” done once more`}>
      <form onSubmit={handleSubmit} style={{ display: "grid", gap: 12 }}>
        <Textarea
          label="Why"
          description="Its author is shown this beside their old answer, and gets it first for a day."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={500}
          autosize
          minRows={2}
          data-autofocus
        />
        <Button type="submit">Reopen</Button>
      </form>
    </Modal>
  );
}
