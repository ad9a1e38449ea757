/** Gives a task to somebody: it is kept for them for a while. Whoever holds it loses it; their draft is kept. */
import { Button, Modal, Select, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { assignTask } from "~/api/insights";
import { membersQuery } from "~/api/projects";
import type { Batch, BatchTask, Member } from "~/api/types";
import { notifyDone } from "~/components/notify";
import { Failure } from "~/components/Page";
import { WholeNumber } from "~/components/WholeNumber";
import { plural } from "~/lib/format";
import { useTaskSteps } from "./TasksSection";

/** Who may do a part of a task of this batch. */
export function mayDo({ roles, paused_at }: Member, level: number, kind: Batch["kind"]): boolean {
  const needed = kind === "self_label" ? "manager" : level === 0 ? "annotator" : "reviewer";
  return roles.includes(needed) && paused_at === null;
}

export function ReassignDialog({
  projectId,
  batch,
  task,
  onClose,
}: {
  projectId: string;
  batch: Batch;
  task: BatchTask;
  onClose: () => void;
}) {
  const members = useQuery(membersQuery(projectId));
  const { refresh } = useTaskSteps(projectId, batch);
  const [userId, setUserId] = useState<string | null>(null);
  const [hours, setHours] = useState(24);
  const level = task.level ?? 0;
  const holder = task.lease_remaining_ms === null ? undefined : task.people[0];
  const people = (members.data?.items ?? [])
    .filter((member) => mayDo(member, level, batch.kind) && member.user.id !== holder?.id)
    .map(({ user }) => ({ value: user.id, label: user.name }));
  const give = useMutation({
    mutationFn: (to: string) =>
      assignTask(projectId, task.task_id, { user_id: to, hours, level, slot: task.slot ?? 0 }),
    onSuccess: (_, to) => {
      const name = people.find(({ value }) => value === to)?.label ?? "them";
      notifyDone(`The task is kept for ${name} for ${plural(hours, "hour")}.`);
      onClose();
    },
    onSettled: refresh,
  });
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (userId !== null) give.mutate(userId);
  };
  return (
    <Modal opened onClose={onClose} title={`Give “${task.asset.name}” to somebody`}>
      <form onSubmit={handleSubmit} style={{ display: "grid", gap: 12 }}>
        <Select
          label="To whom"
          placeholder={level === 0 ? "An annotator" : "A reviewer"}
          data={people}
          value={userId}
          onChange={setUserId}
          searchable
          nothingFoundMessage="Nobody else may do it"
          data-autofocus
        />
        <WholeNumber
          label="For how many hours"
          description="Then it is for anybody again."
          value={hours}
          min={1}
          max={336}
          onChange={setHours}
        />
        {holder !== undefined && (
          <Text size="sm" c="dimmed">
            {holder.name} loses it. What they had marked is kept as their draft.
          </Text>
        )}
        {members.error !== null && <Failure error={members.error} />}
        {give.error !== null && <Failure error={give.error} />}
        <Button type="submit" loading={give.isPending} disabled={userId === null}>
          Give
        </Button>
      </form>
    </Modal>
  );
}
