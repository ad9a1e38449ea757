/** The saved queries in a list: rename, share, delete. */
import { ActionIcon, Badge, Button, Modal, Switch, TextInput, Tooltip } from "@mantine/core";
import { IconPencil, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { changeSavedQuery, deleteSavedQuery } from "~/api/savedQueries";
import type { SavedQuery } from "~/api/types";
import { notifyDone, notifyError } from "~/components/notify";
import css from "./library.module.css";

export function ManageQueries({
  projectId,
  items,
  canChange,
  onOpen,
  onClose,
}: {
  projectId: string;
  items: SavedQuery[];
  canChange: (saved: SavedQuery) => boolean;
  onOpen: (saved: SavedQuery) => void;
  onClose: () => void;
}) {
  return (
    <Modal opened onClose={onClose} title="Saved queries" size={620}>
      {items.length === 0 && <div style={{ color: "var(--sheaf-dim)" }}>None are left.</div>}
      <ul className={css.saved} aria-label="Saved queries">
        {items.map((saved) => (
          <Row
            key={saved.id}
            projectId={projectId}
            saved={saved}
            canChange={canChange(saved)}
            onOpen={() => onOpen(saved)}
          />
        ))}
      </ul>
    </Modal>
  );
}

function Row({
  projectId,
  saved,
  canChange,
  onOpen,
}: {
  projectId: string;
  saved: SavedQuery;
  canChange: boolean;
  onOpen: () => void;
}) {
  const client = useQueryClient();
  const [name, setName] = useState<string | null>(null);
  const [sure, setSure] = useState(false);
  const refresh = () => void client.invalidateQueries({ queryKey: ["saved-queries", projectId] });
  const change = useMutation({
    mutationFn: (body: { name?: string; shared?: boolean }) =>
      changeSavedQuery(projectId, saved.id, body),
    onSuccess: () => setName(null),
    onError: (error) => notifyError(error, "It was not changed"),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: () => deleteSavedQuery(projectId, saved.id),
    onSuccess: () => notifyDone(`“${saved.name}” is deleted.`),
    onError: (error) => notifyError(error, "It was not deleted"),
    onSettled: refresh,
  });
  const handleRename = (event: FormEvent) => {
    event.preventDefault();
    if (name !== null && name.trim() !== "") change.mutate({ name: name.trim() });
  };
  if (name !== null) {
    return (
      <li>
        <form onSubmit={handleRename} className={css.savedForm}>
          <TextInput
            aria-label="New name"
            value={name}
            onChange={(event) => setName(event.target.value)}
            autoFocus
            onKeyDown={(event) => {
              if (event.key !== "Escape") return;
              event.stopPropagation();
              setName(null);
            }}
          />
          <Button type="submit" loading={change.isPending} disabled={name.trim() === ""}>
            Rename
          </Button>
          <Button variant="subtle" onClick={() => setName(null)}>
            Cancel
          </Button>
        </form>
      </li>
    );
  }
  return (
    <li>
      <button type="button" className={css.savedOpen} onClick={onOpen}>
        <span className={css.savedName}>{saved.name}</span>
        <code className={css.savedQuery}>{saved.query === "" ? "everything" : saved.query}</code>
        {!saved.mine && saved.owner !== null && <small>by {saved.owner.name}</small>}
      </button>
      {canChange ? (
        <>
          <Switch
            label="Shared"
            checked={saved.shared}
            disabled={change.isPending}
            onChange={(event) => change.mutate({ shared: event.currentTarget.checked })}
          />
          <Tooltip label="Rename">
            <ActionIcon aria-label={`Rename ${saved.name}`} onClick={() => setName(saved.name)}>
              <IconPencil size={15} />
            </ActionIcon>
          </Tooltip>
          {sure ? (
            <Button
              color="red"
              loading={remove.isPending}
              onClick={() => remove.mutate()}
              onBlur={() => setSure(false)}
              autoFocus
            >
              Delete it
            </Button>
          ) : (
            <Tooltip label="Delete">
              <ActionIcon aria-label={`Delete ${saved.name}`} onClick={() => setSure(true)}>
                <IconTrash size={15} />
              </ActionIcon>
            </Tooltip>
          )}
        </>
      ) : (
        <Badge color="gray">Shared</Badge>
      )}
    </li>
  );
}
