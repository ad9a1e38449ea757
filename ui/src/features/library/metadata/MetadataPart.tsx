/** An asset's metadata, row by row; managers edit a value, add a field, remove one. */
import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactNode } from "react";
import { fieldsQuery } from "~/api/library";
import { patchAsset } from "~/api/metadata";
import type { AssetDetail, MetadataPatch } from "~/api/types";
import css from "~/components/asset/asset.module.css";
import { notifyError } from "~/components/notify";
import { valueText } from "~/lib/format";
import { quote } from "~/lib/queryText";
import page from "../library.module.css";
import { FieldNameInput } from "./FieldNameInput";
import {
  checkDraft,
  draftOf,
  emptyDraft,
  leavesOf,
  nameProblem,
  patchAt,
  pathOf,
  typeOfField,
  type Leaf,
} from "./values";
import { ValueInput } from "./ValueInput";

export function MetadataPart({
  projectId,
  asset,
  canEdit,
  onTerm,
  onChanged,
}: {
  projectId: string;
  asset: AssetDetail;
  canEdit: boolean;
  /** A metadata value was clicked: find others with it. */
  onTerm: (term: string) => void;
  onChanged: () => void;
}) {
  const client = useQueryClient();
  const [open, setOpen] = useState<string | null>(null);
  const leaves = leavesOf(asset.metadata);
  const change = useMutation({
    mutationFn: (patch: MetadataPatch) => patchAsset(projectId, asset.id, patch),
    onSuccess: async () => {
      setOpen(null);
      for (const key of ["fields", "facets", "parse"]) {
        void client.invalidateQueries({ queryKey: [key, projectId] });
      }
      onChanged();
      await client.invalidateQueries({ queryKey: ["asset", projectId, asset.id] });
    },
    onError: (error) => notifyError(error, "The metadata was not changed"),
  });
  const editing = (key: string) => (open === key ? () => setOpen(null) : null);
  const cancel = editing("+");
  return (
    <div className={page.panelPart}>
      <div className={page.partHead}>
        <h2>Metadata</h2>
        {canEdit && open !== "+" && (
          <Button
            variant="subtle"
            size="compact-xs"
            leftSection={<IconPlus size={13} />}
            onClick={() => setOpen("+")}
          >
            Add a field
          </Button>
        )}
      </div>
      {leaves.length === 0 && open !== "+" && (
        <span style={{ color: "var(--sheaf-dim)" }}>None.</span>
      )}
      <table className={css.meta}>
        <tbody>
          {leaves.map((leaf) => {
            const key = JSON.stringify(leaf.path);
            const close = editing(key);
            return close === null ? (
              <MetaRow
                key={key}
                leaf={leaf}
                onTerm={onTerm}
                actions={
                  canEdit && (
                    <Tooltip label="Edit">
                      <ActionIcon
                        size="xs"
                        className={page.metaEdit}
                        aria-label={`Edit ${leaf.name}`}
                        onClick={() => setOpen(key)}
                      >
                        <IconPencil size={13} />
                      </ActionIcon>
                    </Tooltip>
                  )
                }
              />
            ) : (
              <tr key={key}>
                <td colSpan={2}>
                  <EditRow
                    leaf={leaf}
                    busy={change.isPending}
                    onSave={(value) => change.mutate(patchAt(leaf.path, value))}
                    onCancel={close}
                  />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {cancel !== null && (
        <AddRow
          projectId={projectId}
          taken={leaves.map((leaf) => leaf.name)}
          busy={change.isPending}
          onSave={(path, value) => change.mutate(patchAt(path, value))}
          onCancel={cancel}
        />
      )}
    </div>
  );
}

function MetaRow({
  leaf: { name, value },
  onTerm,
  actions,
}: {
  leaf: Leaf;
  onTerm: (term: string) => void;
  actions: ReactNode;
}) {
  const simple =
    typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  const text = valueText(value);
  return (
    <tr className={page.metaRow}>
      <th scope="row">{name}</th>
      <td>
        {actions}
        {simple && text.length < 80 ? (
          <a
            href="#find"
            title={`Find ${name}:${text}`}
            onClick={(event) => {
              event.preventDefault();
              onTerm(`${quote(name)}:${quote(text)}`);
            }}
          >
            {text === "" ? "(empty)" : text}
          </a>
        ) : (
          text
        )}
      </td>
    </tr>
  );
}

function EditRow({
  leaf,
  busy,
  onSave,
  onCancel,
}: {
  leaf: Leaf;
  busy: boolean;
  /** Null removes. */
  onSave: (value: unknown) => void;
  onCancel: () => void;
}) {
  const [draft, setDraft] = useState(() => draftOf(leaf.value));
  const checked = checkDraft(draft);
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (checked.ok) onSave(checked.value);
  };
  return (
    <form className={page.metaForm} onSubmit={handleSubmit} onKeyDown={escape(onCancel)}>
      <strong>{leaf.name}</strong>
      <ValueInput
        name={leaf.name}
        draft={draft}
        problem={checked.ok ? null : checked.problem}
        autoFocus
        onChange={setDraft}
      />
      <div className={page.metaButtons}>
        <Button type="submit" size="compact-xs" loading={busy} disabled={!checked.ok}>
          Save
        </Button>
        <Button variant="subtle" size="compact-xs" onClick={onCancel}>
          Cancel
        </Button>
        <span style={{ flex: 1 }} />
        <Button
          variant="subtle"
          color="red"
          size="compact-xs"
          leftSection={<IconTrash size={13} />}
          disabled={busy}
          onClick={() => onSave(null)}
        >
          Remove the field
        </Button>
      </div>
    </form>
  );
}

function AddRow({
  projectId,
  taken,
  busy,
  onSave,
  onCancel,
}: {
  projectId: string;
  taken: string[];
  busy: boolean;
  onSave: (path: string[], value: unknown) => void;
  onCancel: () => void;
}) {
  const fields = useQuery(fieldsQuery(projectId));
  const [name, setName] = useState("");
  const [draft, setDraft] = useState(() => emptyDraft());
  const checked = checkDraft(draft);
  const known = taken.includes(name.trim());
  const problem = name === "" ? null : (nameProblem(name) ?? (known ? "It has this field." : null));
  const ready = checked.ok && name.trim() !== "" && problem === null;
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) onSave(pathOf(name), checked.value);
  };
  const handleName = (next: string) => {
    setName(next);
    const field = fields.data?.items.find((entry) => entry.name === next);
    // Before anything is typed, the box takes the type that the field has elsewhere.
    if (field !== undefined && draft.text === "" && draft.list.length === 0) {
      setDraft(emptyDraft(typeOfField(field)));
    }
  };
  return (
    <form className={page.metaForm} onSubmit={handleSubmit} onKeyDown={escape(onCancel)}>
      <FieldNameInput
        projectId={projectId}
        value={name}
        label="Name of the field"
        error={problem}
        autoFocus
        onChange={handleName}
      />
      <ValueInput
        name={name}
        draft={draft}
        problem={checked.ok ? null : checked.problem}
        onChange={setDraft}
      />
      <div className={page.metaButtons}>
        <Button type="submit" size="compact-xs" loading={busy} disabled={!ready}>
          Add
        </Button>
        <Button variant="subtle" size="compact-xs" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

const escape = (then: () => void) => (event: React.KeyboardEvent) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  event.preventDefault();
  event.stopPropagation();
  then();
};
