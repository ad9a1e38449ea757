/** /p/:id/people: who works in a project, in which roles. */
import { Badge, Button, Checkbox, TextInput } from "@mantine/core";
import { IconSearch, IconUserPlus, IconUsers } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { membersQuery, projectQuery, setMember } from "~/api/projects";
import type { Member, Role } from "~/api/types";
import { confirm } from "~/components/confirm";
import { usePersonActions } from "~/components/insights/PeopleTable";
import { Invitations } from "~/components/Invitations";
import { InviteForm } from "~/components/InviteForm";
import { notifyError } from "~/components/notify";
import { EmptyState, Failure, Page, Section, Waiting } from "~/components/Page";
import css from "~/components/page.module.css";
import { count, plural } from "~/lib/format";
import { ROLE_NAMES } from "~/lib/roles";
import { Accuracy } from "./Accuracy";
import { Groups } from "./Groups";
import { found } from "./found";
import { NextFor } from "./NextFor";

/** So many are found by looking. */
const SEARCHED_FROM = 12;
const ROLES: Role[] = ["annotator", "reviewer", "manager"];
const ROLE_HINTS: Record<Role, string> = {
  annotator: "Labels what the queue serves",
  reviewer: "Sees the library and others' answers",
  manager: "Uploads, makes batches, invites, changes the project",
};

export function MembersPage({ projectId }: { projectId: string }) {
  const [inviting, setInviting] = useState(false);
  const project = useQuery(projectQuery(projectId));
  const query = useQuery(membersQuery(projectId));
  const items = query.data?.items ?? [];
  const button = (
    <Button leftSection={<IconUserPlus size={15} />} onClick={() => setInviting(true)}>
      Invite
    </Button>
  );
  return (
    <Page title="People" note={project.data?.name} actions={button}>
      {query.isPending && <Waiting what="people" />}
      {query.error !== null && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && items.length === 0 && (
        <EmptyState
          icon={<IconUsers size={24} />}
          title="Nobody is in this project yet"
          actions={button}
        >
          Invite annotators by a link. They see this project&apos;s tasks as soon as a batch is
          launched.
        </EmptyState>
      )}
      {items.length > 0 && <Members projectId={projectId} members={items} />}
      {items.length > 0 && <Groups projectId={projectId} members={items} />}
      {items.length > 0 && <Accuracy projectId={projectId} />}
      <Invitations projectId={projectId} />
      {inviting && (
        <InviteForm
          projectId={projectId}
          {...(project.data === undefined ? {} : { projectName: project.data.name })}
          onClose={() => setInviting(false)}
        />
      )}
    </Page>
  );
}

function Members({ projectId, members }: { projectId: string; members: Member[] }) {
  const [words, setWords] = useState("");
  const shown = found(members, words);
  return (
    <Section
      title="Members"
      flush
      actions={
        <>
          <span className={css.dim} role="status">
            {shown.length < members.length && `${count(shown.length)} of `}
            {plural(members.length, "person", "people")}
          </span>
          {members.length > SEARCHED_FROM && (
            <TextInput
              size="xs"
              type="search"
              placeholder="Name or e-mail"
              aria-label="Find a member"
              leftSection={<IconSearch size={14} />}
              value={words}
              onChange={(event) => setWords(event.currentTarget.value)}
            />
          )}
        </>
      }
    >
      {shown.length === 0 ? (
        <p className={css.none}>Nobody of this name or e-mail is in the project.</p>
      ) : (
        <table className={`${css.table} ${css.fixed}`}>
          <thead>
            <tr>
              <th>Name</th>
              <th>E-mail</th>
              {ROLES.map((role) => (
                <th key={role} title={ROLE_HINTS[role]} style={{ width: 86 }}>
                  {ROLE_NAMES[role]}
                </th>
              ))}
              <th aria-label="Actions" style={{ width: 264 }} />
            </tr>
          </thead>
          <tbody>
            {shown.map((member) => (
              <MemberRow key={member.user.id} projectId={projectId} member={member} />
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}

function MemberRow({ projectId, member }: { projectId: string; member: Member }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const save = useMutation({
    mutationFn: (roles: Role[]) => setMember(projectId, member.user.id, roles),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["members", projectId] });
      void client.invalidateQueries({ queryKey: ["groups", projectId] });
    },
    onError: (error) => notifyError(error, "The roles were not changed"),
  });
  const handleRemove = async () => {
    const yes = await confirm({
      title: `Take ${member.user.name} out of the project?`,
      text: "Their submitted answers stay. What they hold goes back into the queue.",
      yes: "Take out",
      danger: true,
    });
    if (yes) save.mutate([]);
  };
  const { pause } = usePersonActions(projectId, { ...member.user, paused_at: member.paused_at });
  const handleRole = (role: Role, on: boolean) => {
    const roles = ROLES.filter((other) => (other === role ? on : member.roles.includes(other)));
    if (roles.length === 0) void handleRemove();
    else save.mutate(roles);
  };
  return (
    <tr>
      <td>
        {member.user.name}
        {member.paused_at !== null && (
          <Badge color="yellow" ml={8}>
            Paused
          </Badge>
        )}
      </td>
      <td className={`${css.dim} ${css.clip}`} title={member.user.email}>
        {member.user.email}
      </td>
      {ROLES.map((role) => (
        <td key={role}>
          <Checkbox
            aria-label={`${member.user.name}: ${ROLE_NAMES[role]}`}
            checked={member.roles.includes(role)}
            disabled={save.isPending}
            onChange={(event) => handleRole(role, event.currentTarget.checked)}
          />
        </td>
      ))}
      <td className={css.right} style={{ whiteSpace: "nowrap" }}>
        <Button variant="subtle" size="compact-xs" onClick={() => setAsking(true)}>
          What comes next
        </Button>
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          aria-label={`${member.paused_at === null ? "Pause" : "Let go on"}: ${member.user.name}`}
          title="A paused person gets no new tasks and can finish what they hold"
          onClick={pause}
        >
          {member.paused_at === null ? "Pause" : "Let go on"}
        </Button>
        <Button variant="subtle" color="red" size="compact-xs" onClick={() => void handleRemove()}>
          Take out
        </Button>
        {asking && (
          <NextFor projectId={projectId} user={member.user} onClose={() => setAsking(false)} />
        )}
      </td>
    </tr>
  );
}
