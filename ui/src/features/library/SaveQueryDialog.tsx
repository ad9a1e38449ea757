/** The present query under a name, for oneself or for everybody who sees the library. */
import { Button, Modal, SegmentedControl, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { saveQuery } from "~/api/savedQueries";
import type { SavedQuery } from "~/api/types";
import dialog from "~/components/batch/batch.module.css";
import { notifyDone } from "~/components/notify";
import { Failure } from "~/components/Page";

export function SaveQueryDialog({
  projectId,
  q,
  sort,
  onSaved,
  onClose,
}: {
  projectId: string;
  q: string;
  sort: string;
  onSaved: (saved: SavedQuery) => void;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const usual = sort === "ordinal";
  const save = useMutation({
    mutationFn: () =>
      saveQuery(projectId, { name: name.trim(), query: q, sort: usual ? null : sort, shared }),
    onSuccess: (saved) => {
      void client.invalidateQueries({ queryKey: ["saved-queries", projectId] });
      notifyDone(`“${saved.name}” is saved.`);
      onSaved(saved);
      onClose();
    },
  });
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "") save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title="Save this query">
      <form onSubmit={handleSubmit} className={dialog.dialog}>
        <div>
          <code>{q === "" ? "everything" : q}</code>
          {!usual && (
            <span className={dialog.hint}>
              {" "}
              in the order of {sort.replace(/^-/, "")}
              {sort.startsWith("-") && ", down"}
            </span>
          )}
        </div>
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          data-autofocus
        />
        <div>
          <SegmentedControl
            fullWidth
            aria-label="Who sees it"
            value={shared ? "shared" : "private"}
            onChange={(value) => setShared(value === "shared")}
            data={[
              { value: "private", label: "Only me" },
              { value: "shared", label: "Everybody who sees the library" },
            ]}
          />
          {shared && (
            <div className={dialog.hint} style={{ marginTop: 6 }}>
              You and the managers can change it.
            </div>
          )}
        </div>
        {save.error !== null && <Failure error={save.error} />}
        <Button type="submit" loading={save.isPending} disabled={name.trim() === ""}>
          Save
        </Button>
      </form>
    </Modal>
  );
}
