/** What can be done with a batch in its present state. */
import { ActionIcon, Button, Menu, Modal, TextInput } from "@mantine/core";
import {
  IconDots,
  IconHourglass,
  IconMinus,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlus,
  IconRocket,
  IconSlice,
} from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { actOnBatch, batchQuery, deleteBatch, updateBatch, type BatchAction } from "~/api/batches";
import type { Batch, Judging } from "~/api/types";
import { useCommands } from "~/commands/useCommands";
import { JudgingFields } from "~/components/batch/JudgingFields";
import { servingForm, servingLack, servingOf } from "~/components/batch/serving";
import { ServingFields } from "~/components/batch/ServingFields";
import { beginsWithPrelabels, GOLD_RATE, isQuality } from "~/components/batch/kinds";
import { takesMore } from "~/components/batch/words";
import { confirm } from "~/components/confirm";
import { notifyDone, notifyError } from "~/components/notify";
import { Failure } from "~/components/Page";
import page from "~/components/page.module.css";
import { WholeNumber } from "~/components/WholeNumber";
import { count, plural } from "~/lib/format";
import { quote } from "~/lib/queryText";
import { GoldRate } from "./BuilderForm";
import { missingText } from "./known/words";
import { RehearseDialog } from "./RehearseDialog";
import { SplitDialog } from "./SplitDialog";

const DONE: Record<BatchAction, string> = {
  launch: "The batch is launched: its tasks are in the queue.",
  pause: "The batch is paused. Tasks in hand can still be submitted.",
  resume: "The batch goes on.",
  cancel: "The batch is cancelled.",
  archive: "The batch is archived.",
  unarchive: "The batch is back in the list.",
};

export function BatchActions({
  projectId,
  batch,
  missing,
}: {
  projectId: string;
  batch: Batch;
  /** Of a quality batch, tasks without a known answer; null while that is not known. */
  missing: number | null;
}) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [editing, setEditing] = useState(false);
  const [splitting, setSplitting] = useState(false);
  const [rehearsing, setRehearsing] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: ["batches", projectId] });
  const act = useMutation({
    mutationFn: (action: BatchAction) => actOnBatch(projectId, batch.id, action),
    onSuccess: (next, action) => {
      client.setQueryData(batchQuery(projectId, batch.id).queryKey, next);
      void refresh();
      void client.invalidateQueries({ queryKey: ["batch", projectId, batch.id] });
      notifyDone(DONE[action]);
    },
    onError: (error) => notifyError(error, "The batch is as it was"),
  });
  const remove = useMutation({
    mutationFn: () => deleteBatch(projectId, batch.id),
    onSuccess: () => {
      void refresh();
      notifyDone(`“${batch.name}” is deleted. Its assets stay in the library.`);
      void navigate({ to: "/p/$projectId/batches", params: { projectId } });
    },
    onError: (error) => notifyError(error, "The batch was not deleted"),
  });
  const handleCancel = async () => {
    const { counts } = batch;
    const open = counts.members - counts.done - counts.cancelled;
    const yes = await confirm({
      title: `Cancel “${batch.name}”?`,
      text: `${plural(open, "open task")} will not be finished. The ${count(counts.submitted)} submitted answers stay. A cancelled batch cannot be resumed.`,
      yes: "Cancel the batch",
      danger: true,
    });
    if (yes) act.mutate("cancel");
  };
  const handleDelete = async () => {
    const yes = await confirm({
      title: `Delete “${batch.name}”?`,
      text: "It was never launched. Its assets stay in the library and are free for other batches.",
      yes: "Delete the batch",
      danger: true,
    });
    if (yes) remove.mutate();
  };
  const { state } = batch;
  const live = state === "in_progress" || state === "paused";
  const quality = isQuality(batch.kind);
  const lack = !quality || missing === 0 ? null : missingText(missing);
  // It measures people, and ends with nobody's work.
  const rehearsable = !quality && (live || state === "staging");
  const canSplit = !quality && state === "staging" && batch.counts.members > 1;
  const addMore = () =>
    void navigate({
      to: "/p/$projectId/batches/new",
      params: { projectId },
      search: { into: batch.id },
    });
  const takeOut = () =>
    void navigate({
      to: "/p/$projectId/library",
      params: { projectId },
      search: { q: `batch:${quote(batch.name)}` },
    });
  useCommands([
    {
      id: "batch.launch",
      label: "Launch this batch",
      group: "This batch",
      enabled: state === "staging" && lack === null,
      run: () => act.mutate("launch"),
    },
    {
      id: "batch.rehearse",
      label: "Rehearse this batch",
      group: "This batch",
      enabled: rehearsable,
      run: () => setRehearsing(true),
    },
    {
      id: "batch.pause",
      label: state === "paused" ? "Resume this batch" : "Pause this batch",
      group: "This batch",
      enabled: live,
      run: () => act.mutate(state === "paused" ? "resume" : "pause"),
    },
    {
      id: "batch.edit",
      label: "Edit this batch: name, priority, who it is open to",
      group: "This batch",
      run: () => setEditing(true),
    },
    {
      id: "batch.split",
      label: "Split this batch",
      group: "This batch",
      enabled: canSplit,
      run: () => setSplitting(true),
    },
    {
      id: "batch.append",
      label: "Add assets to this batch",
      group: "This batch",
      enabled: takesMore(batch),
      run: addMore,
    },
    {
      id: "batch.remove",
      label: "Take assets out of this batch",
      group: "This batch",
      enabled: state === "staging",
      run: takeOut,
    },
  ]);
  return (
    <>
      {state === "staging" && rehearsable && (
        <Button
          variant="default"
          leftSection={<IconHourglass size={15} />}
          onClick={() => setRehearsing(true)}
        >
          Rehearse
        </Button>
      )}
      {state === "staging" && (
        <>
          {lack !== null && (
            <span id="launch-lack" className={page.note}>
              {lack}
            </span>
          )}
          <Button
            leftSection={<IconRocket size={15} />}
            loading={act.isPending}
            disabled={lack !== null}
            aria-describedby={lack === null ? undefined : "launch-lack"}
            onClick={() => act.mutate("launch")}
          >
            Launch
          </Button>
        </>
      )}
      {state === "in_progress" && (
        <Button
          variant="default"
          leftSection={<IconPlayerPause size={15} />}
          loading={act.isPending}
          onClick={() => act.mutate("pause")}
        >
          Pause
        </Button>
      )}
      {state === "paused" && (
        <Button
          leftSection={<IconPlayerPlay size={15} />}
          loading={act.isPending}
          onClick={() => act.mutate("resume")}
        >
          Resume
        </Button>
      )}
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label="More actions">
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setEditing(true)}>
            {batch.brought_in ? "Edit the name" : "Edit: name, priority, who, when"}
          </Menu.Item>
          {live && (
            <Menu.Item
              leftSection={<IconHourglass size={15} />}
              onClick={() => setRehearsing(true)}
            >
              Rehearse what is left
            </Menu.Item>
          )}
          {takesMore(batch) && (
            <Menu.Item leftSection={<IconPlus size={15} />} onClick={addMore}>
              Add assets
            </Menu.Item>
          )}
          {state === "staging" && (
            <Menu.Item leftSection={<IconMinus size={15} />} onClick={takeOut}>
              Take assets out
            </Menu.Item>
          )}
          {canSplit && (
            <Menu.Item leftSection={<IconSlice size={15} />} onClick={() => setSplitting(true)}>
              Split
            </Menu.Item>
          )}
          <Menu.Divider />
          {batch.archived ? (
            <Menu.Item onClick={() => act.mutate("unarchive")}>
              Bring back from the archive
            </Menu.Item>
          ) : (
            <Menu.Item disabled={live} onClick={() => act.mutate("archive")}>
              Archive
            </Menu.Item>
          )}
          {live && (
            <Menu.Item color="red" onClick={() => void handleCancel()}>
              Cancel the batch
            </Menu.Item>
          )}
          {state === "staging" && (
            <Menu.Item color="red" onClick={() => void handleDelete()}>
              Delete the batch
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {splitting && (
        <SplitDialog projectId={projectId} batch={batch} onClose={() => setSplitting(false)} />
      )}
      {rehearsing && (
        <RehearseDialog
          projectId={projectId}
          batch={batch}
          onClose={() => setRehearsing(false)}
          {...(state === "staging"
            ? {
                onLaunch: () => {
                  setRehearsing(false);
                  act.mutate("launch");
                },
              }
            : {})}
        />
      )}
      {editing && (
        <EditBatch projectId={projectId} batch={batch} onClose={() => setEditing(false)} />
      )}
    </>
  );
}

function EditBatch({
  projectId,
  batch,
  onClose,
}: {
  projectId: string;
  batch: Batch;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const [name, setName] = useState(batch.name);
  const [priority, setPriority] = useState(batch.priority);
  const [judging, setJudging] = useState<Judging>({
    overlap: batch.overlap,
    review_levels: batch.review_levels,
  });
  const [serving, setServing] = useState(() => servingForm(batch));
  const [rate, setRate] = useState(batch.gold_rate ?? GOLD_RATE.usual);
  const staging = batch.state === "staging";
  const judged = staging && !isQuality(batch.kind);
  const save = useMutation({
    mutationFn: () => {
      if (batch.brought_in) return updateBatch(projectId, batch.id, { name: name.trim() });
      const { order, prelabels, ...served } = servingOf(serving);
      return updateBatch(projectId, batch.id, {
        name: name.trim(),
        priority,
        ...served,
        ...(batch.kind === "gold" ? { gold_rate: rate } : {}),
        ...(judged ? judging : {}),
        ...(staging ? { order, prelabels } : {}),
      });
    },
    onSuccess: (next) => {
      client.setQueryData(batchQuery(projectId, batch.id).queryKey, next);
      void client.invalidateQueries({ queryKey: ["batch", projectId, batch.id] });
      void client.invalidateQueries({ queryKey: ["batches", projectId] });
      void client.invalidateQueries({ queryKey: ["groups", projectId] });
      void client.invalidateQueries({ queryKey: ["queue-order", projectId] });
      onClose();
    },
  });
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title="Edit the batch" size={520}>
      <form onSubmit={handleSubmit} style={{ display: "grid", gap: 12 }}>
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          required
          withAsterisk={false}
          data-autofocus
        />
        {!batch.brought_in && (
          <WholeNumber
            label="Priority"
            description="Higher is served first."
            value={priority}
            min={-1000}
            max={1000}
            onChange={setPriority}
          />
        )}
        {batch.kind === "gold" && <GoldRate rate={rate} onChange={setRate} />}
        {judged && (
          <JudgingFields
            value={judging}
            onChange={(part) => setJudging((old) => ({ ...old, ...part }))}
          />
        )}
        {!batch.brought_in && (
          <ServingFields
            projectId={projectId}
            value={serving}
            launched={!staging}
            begins={beginsWithPrelabels(batch.kind)}
            named={[...batch.open_to.groups, ...batch.open_to.people]}
            onChange={(part) => setServing((old) => ({ ...old, ...part }))}
          />
        )}
        {save.error !== null && <Failure error={save.error} />}
        <Button type="submit" loading={save.isPending} disabled={servingLack(serving) !== null}>
          Save
        </Button>
      </form>
    </Modal>
  );
}
