/** Groups of a project's people: batches can be open to them. */
import { Button, Modal, MultiSelect, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { createGroup, deleteGroup, groupsQuery, updateGroup } from "~/api/order";
import type { Group, Member } from "~/api/types";
import { confirm } from "~/components/confirm";
import { notifyDone, notifyError } from "~/components/notify";
import { Failure, Section } from "~/components/Page";
import css from "~/components/page.module.css";
import { count } from "~/lib/format";

export function Groups({ projectId, members }: { projectId: string; members: Member[] }) {
  const query = useQuery(groupsQuery(projectId));
  const [edited, setEdited] = useState<Group | "new" | null>(null);
  const groups = query.data?.items ?? [];
  return (
    <Section
      title="Groups"
      flush
      actions={
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconPlus size={14} />}
          onClick={() => setEdited("new")}
        >
          Make a group
        </Button>
      }
    >
      {query.error !== null && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && groups.length === 0 && (
        <p className={css.none}>
          No groups yet. A batch can be open to a group only, such as those who know birds.
        </p>
      )}
      {groups.length > 0 && (
        <table className={`${css.table} ${css.fixed}`}>
          <thead>
            <tr>
              <th style={{ width: "22%" }}>Group</th>
              <th>People</th>
              <th style={{ width: "26%" }}>Batches open to it</th>
              <th aria-label="Actions" style={{ width: 150 }} />
            </tr>
          </thead>
          <tbody>
            {groups.map((group) => (
              <GroupRow
                key={group.id}
                projectId={projectId}
                group={group}
                onEdit={() => setEdited(group)}
              />
            ))}
          </tbody>
        </table>
      )}
      {edited !== null && (
        <GroupForm
          projectId={projectId}
          group={edited === "new" ? null : edited}
          members={members}
          onClose={() => setEdited(null)}
        />
      )}
    </Section>
  );
}

/** People of a group, or batches open to it, that are named. */
const NAMED = 6;

function peopleText({ people }: Group): string {
  if (people.length === 0) return "Nobody";
  const names = people.slice(0, NAMED).map(({ name }) => name);
  const more = people.length - names.length;
  return more === 0 ? names.join(", ") : `${names.join(", ")} and ${count(more)} more`;
}

function GroupRow({
  projectId,
  group,
  onEdit,
}: {
  projectId: string;
  group: Group;
  onEdit: () => void;
}) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteGroup(projectId, group.id),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["groups", projectId] });
      notifyDone(`The group “${group.name}” is removed.`);
    },
    onError: (error) => notifyError(error, "The group was not removed"),
  });
  const handleRemove = async () => {
    const yes = await confirm({
      title: `Remove the group “${group.name}”?`,
      text: "Its people stay in the project.",
      yes: "Remove",
      danger: true,
    });
    if (yes) remove.mutate();
  };
  return (
    <tr>
      <td>{group.name}</td>
      <td className={css.dim} title={group.people.map(({ name }) => name).join(", ")}>
        {peopleText(group)}
      </td>
      <td>
        {group.batches.slice(0, NAMED).map((batch, i) => (
          <span key={batch.id}>
            {i > 0 && ", "}
            <Link to="/p/$projectId/batches/$batchId" params={{ projectId, batchId: batch.id }}>
              {batch.name}
            </Link>
          </span>
        ))}
        {group.batches.length > NAMED && ` and ${count(group.batches.length - NAMED)} more`}
        {group.batches.length === 0 && <span className={css.dim}>None</span>}
      </td>
      <td className={css.right} style={{ whiteSpace: "nowrap" }}>
        <Button
          variant="subtle"
          size="compact-xs"
          aria-label={`Change the group ${group.name}`}
          onClick={onEdit}
        >
          Change
        </Button>
        <Button
          variant="subtle"
          color="red"
          size="compact-xs"
          loading={remove.isPending}
          aria-label={`Remove the group ${group.name}`}
          onClick={() => void handleRemove()}
        >
          Remove
        </Button>
      </td>
    </tr>
  );
}

function GroupForm({
  projectId,
  group,
  members,
  onClose,
}: {
  projectId: string;
  /** Null for a new one. */
  group: Group | null;
  members: Member[];
  onClose: () => void;
}) {
  const client = useQueryClient();
  const [name, setName] = useState(group?.name ?? "");
  const [people, setPeople] = useState(group?.people.map(({ id }) => id) ?? []);
  const save = useMutation({
    mutationFn: () =>
      group === null
        ? createGroup(projectId, { name: name.trim(), people })
        : updateGroup(projectId, group.id, { name: name.trim(), people }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["groups", projectId] });
      onClose();
    },
  });
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={group === null ? "Make a group" : "Change the group"}>
      <form onSubmit={handleSubmit} style={{ display: "grid", gap: 12 }}>
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
          withAsterisk={false}
          data-autofocus
        />
        <MultiSelect
          label="People"
          searchable
          value={people}
          onChange={setPeople}
          data={members.map(({ user }) => ({ value: user.id, label: user.name }))}
          placeholder={people.length === 0 ? "Nobody yet" : undefined}
          nothingFoundMessage="Nobody of this name is in the project"
          maxDropdownHeight={240}
        />
        {group !== null && group.batches.length > 0 && (
          <span className={css.dim}>The next claim goes by it. What is held may be finished.</span>
        )}
        {save.error !== null && <Failure error={save.error} />}
        <Button type="submit" loading={save.isPending} disabled={name.trim() === ""}>
          {group === null ? "Make the group" : "Save"}
        </Button>
      </form>
    </Modal>
  );
}
