/** The metadata of many assets changed at once: fields set and removed, with progress and a report. */
import { ActionIcon, Button, Modal, SegmentedControl } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, type FormEvent } from "react";
import { fieldsQuery } from "~/api/library";
import { updateMetadata } from "~/api/metadata";
import type { MetadataPatch } from "~/api/types";
import { libraryChanged } from "~/components/metadata/libraryChanged";
import { UpdateProgress } from "~/components/metadata/UpdateProgress";
import { Failure } from "~/components/Page";
import { count, plural } from "~/lib/format";
import page from "../library.module.css";
import { FieldNameInput } from "./FieldNameInput";
import {
  checkDraft,
  emptyDraft,
  mergePatches,
  nameProblem,
  patchAt,
  pathOf,
  typeOfField,
  type ValueDraft,
} from "./values";
import { ValueInput } from "./ValueInput";

type Edit = { key: number; name: string; remove: boolean; draft: ValueDraft };
const blank = (key: number): Edit => ({ key, name: "", remove: false, draft: emptyDraft() });

/** The patch of all edits; null while one of them is not complete. */
function patchOf(edits: readonly Edit[]): MetadataPatch | null {
  let patch: MetadataPatch = {};
  for (const edit of edits) {
    const checked = checkDraft(edit.draft);
    if (nameProblem(edit.name) !== null || (!edit.remove && !checked.ok)) return null;
    patch = mergePatches(
      patch,
      patchAt(pathOf(edit.name), edit.remove || !checked.ok ? null : checked.value),
    );
  }
  return patch;
}

export function EditMetadata({
  projectId,
  target,
  total,
  onClose,
  onChanged,
}: {
  projectId: string;
  target: { query: string } | { assets: string[] };
  /** How many assets that are, as far as is known. */
  total: number;
  onClose: () => void;
  onChanged: () => void;
}) {
  const client = useQueryClient();
  const fields = useQuery(fieldsQuery(projectId));
  const [edits, setEdits] = useState<Edit[]>([blank(0)]);
  const patch = patchOf(edits);
  const start = useMutation({
    mutationFn: (metadata: MetadataPatch) => updateMetadata(projectId, { ...target, metadata }),
  });
  const [finished, setFinished] = useState(false);
  useEffect(() => {
    if (!finished) return;
    libraryChanged(client, projectId);
    onChanged();
    // Once, when it has ended.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [finished]);
  const change = (key: number, part: Partial<Edit>) =>
    setEdits((now) => now.map((edit) => (edit.key === key ? { ...edit, ...part } : edit)));
  const handleName = (edit: Edit, name: string) => {
    const field = fields.data?.items.find((entry) => entry.name === name);
    const fresh = edit.draft.text === "" && edit.draft.list.length === 0;
    change(edit.key, {
      name,
      ...(field !== undefined && fresh ? { draft: emptyDraft(typeOfField(field)) } : {}),
    });
  };
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (patch !== null) start.mutate(patch);
  };
  const all = "query" in target;
  return (
    <Modal
      opened
      onClose={onClose}
      size={600}
      title="Edit metadata"
      closeOnClickOutside={start.data === undefined}
    >
      {start.data !== undefined ? (
        <UpdateProgress
          projectId={projectId}
          started={start.data}
          onFinished={() => setFinished(true)}
          actions={(running) => (
            <Button onClick={onClose} data-autofocus>
              {running ? "Close: it goes on" : "Close"}
            </Button>
          )}
        />
      ) : (
        <form onSubmit={handleSubmit} style={{ display: "grid", gap: 14 }}>
          <div>
            Of <b className="num">{plural(total, "asset")}</b>
            {all && (target.query === "" ? ": the whole library." : ": all that the query finds.")}
            {!all && " that you ticked."}
          </div>
          <div style={{ display: "grid", gap: 10 }}>
            {edits.map((edit) => {
              const checked = checkDraft(edit.draft);
              return (
                <div key={edit.key} className={page.metaForm} style={{ margin: 0 }}>
                  <div style={{ display: "flex", gap: 6, alignItems: "start" }}>
                    <div style={{ flex: 1 }}>
                      <FieldNameInput
                        projectId={projectId}
                        value={edit.name}
                        error={edit.name === "" ? null : nameProblem(edit.name)}
                        autoFocus={edit.key === 0}
                        onChange={(name) => handleName(edit, name)}
                      />
                    </div>
                    <SegmentedControl
                      aria-label={`What happens to ${edit.name === "" ? "the field" : edit.name}`}
                      value={edit.remove ? "remove" : "set"}
                      onChange={(value) => change(edit.key, { remove: value === "remove" })}
                      data={[
                        { value: "set", label: "Set to" },
                        { value: "remove", label: "Remove" },
                      ]}
                    />
                    {edits.length > 1 && (
                      <ActionIcon
                        aria-label={`Do not change ${edit.name === "" ? "this field" : edit.name}`}
                        onClick={() =>
                          setEdits((now) => now.filter((other) => other.key !== edit.key))
                        }
                      >
                        <IconX size={15} />
                      </ActionIcon>
                    )}
                  </div>
                  {!edit.remove && (
                    <ValueInput
                      name={edit.name}
                      draft={edit.draft}
                      problem={checked.ok ? null : checked.problem}
                      onChange={(draft) => change(edit.key, { draft })}
                    />
                  )}
                </div>
              );
            })}
            <Button
              variant="subtle"
              leftSection={<IconPlus size={14} />}
              style={{ justifySelf: "start" }}
              onClick={() =>
                setEdits((now) => [...now, blank(1 + Math.max(...now.map((edit) => edit.key)))])
              }
            >
              Another field
            </Button>
          </div>
          {start.error !== null && <Failure error={start.error} />}
          <Button type="submit" loading={start.isPending} disabled={patch === null}>
            Change {count(total)} {total === 1 ? "asset" : "assets"}
          </Button>
        </form>
      )}
    </Modal>
  );
}
