/** /admin/people: everybody on this instance, and the record of what was done. */
import { Badge, Button, Menu, ActionIcon, Tabs } from "@mantine/core";
import { IconDots, IconUserPlus } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { auditQuery, updateUser, usersQuery } from "~/api/people";
import type { AuditEntry, Person, User } from "~/api/types";
import { confirm } from "~/components/confirm";
import { Invitations } from "~/components/Invitations";
import { InviteForm } from "~/components/InviteForm";
import { notifyDone, notifyError } from "~/components/notify";
import { Failure, Page, Section, Waiting } from "~/components/Page";
import { MoreRows } from "~/components/MoreRows";
import css from "~/components/page.module.css";
import { TimeAgo } from "~/components/TimeAgo";
import { WithCode } from "~/components/WithCode";
import { valueText } from "~/lib/format";
import { ROLE_NAMES } from "~/lib/roles";

export function EveryonePage({ me }: { me: User }) {
  const [inviting, setInviting] = useState(false);
  const query = useQuery(usersQuery);
  return (
    <Page
      title="Everyone"
      actions={
        <Button leftSection={<IconUserPlus size={15} />} onClick={() => setInviting(true)}>
          Invite
        </Button>
      }
    >
      <Tabs defaultValue="people">
        <Tabs.List mb="md">
          <Tabs.Tab value="people">People</Tabs.Tab>
          <Tabs.Tab value="audit">What was done</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="people">
          {query.isPending && <Waiting what="people" />}
          {query.error !== null && (
            <Failure error={query.error} onRetry={() => void query.refetch()} />
          )}
          {query.data !== undefined && (
            <Section title="People" flush>
              <table className={css.table}>
                <thead>
                  <tr>
                    <th>Name</th>
                    <th>E-mail</th>
                    <th>Projects</th>
                    <th>Since</th>
                    <td />
                  </tr>
                </thead>
                <tbody>
                  {query.data.items.map((person) => (
                    <PersonRow key={person.id} person={person} isMe={person.id === me.id} />
                  ))}
                </tbody>
              </table>
            </Section>
          )}
          <Invitations />
        </Tabs.Panel>
        <Tabs.Panel value="audit">
          <Audit />
        </Tabs.Panel>
      </Tabs>
      {inviting && <InviteForm canMakeAdmin onClose={() => setInviting(false)} />}
    </Page>
  );
}

function PersonRow({ person, isMe }: { person: Person; isMe: boolean }) {
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (body: { is_admin?: boolean; disabled?: boolean }) => updateUser(person.id, body),
    onSuccess: (_person, body) => {
      void client.invalidateQueries({ queryKey: usersQuery.queryKey });
      if (body.disabled !== undefined) {
        notifyDone(
          body.disabled
            ? `${person.name} can no longer log in.`
            : `${person.name} can log in again.`,
        );
      }
    },
    onError: (error) => notifyError(error, "Nothing was changed"),
  });
  const handleDisable = async () => {
    const yes = await confirm({
      title: `Disable ${person.name}?`,
      text: "They are logged out, their API keys stop working, and what they hold goes back into the queue. Their answers stay.",
      yes: "Disable",
      danger: true,
    });
    if (yes) save.mutate({ disabled: true });
  };
  const projects = person.projects
    .map(
      (project) =>
        `${project.name} (${project.roles.map((role) => ROLE_NAMES[role].toLowerCase()).join(", ")})`,
    )
    .join("; ");
  return (
    <tr>
      <td>
        {person.name}{" "}
        {person.is_admin && (
          <Badge color="leaf" ml={4}>
            Admin
          </Badge>
        )}
        {person.disabled && (
          <Badge color="gray" ml={4}>
            Disabled
          </Badge>
        )}
        {isMe && (
          <Badge color="gray" ml={4}>
            You
          </Badge>
        )}
      </td>
      <td className={css.dim}>{person.email}</td>
      <td className={css.dim}>{projects || "–"}</td>
      <td className={css.dim}>
        <TimeAgo time={person.created_at} />
      </td>
      <td className={css.right}>
        {!isMe && (
          <Menu position="bottom-end" width={210}>
            <Menu.Target>
              <ActionIcon size="sm" aria-label={`Change ${person.name}`}>
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => save.mutate({ is_admin: !person.is_admin })}>
                {person.is_admin ? "Make an ordinary person" : "Make an admin"}
              </Menu.Item>
              {person.disabled ? (
                <Menu.Item onClick={() => save.mutate({ disabled: false })}>Enable</Menu.Item>
              ) : (
                <Menu.Item color="red" onClick={() => void handleDisable()}>
                  Disable
                </Menu.Item>
              )}
            </Menu.Dropdown>
          </Menu>
        )}
      </td>
    </tr>
  );
}

function detailsText(details: unknown): string {
  if (typeof details !== "object" || details === null) return valueText(details);
  return Object.entries(details)
    .map(([key, value]) => `${key}: ${valueText(value) || "none"}`)
    .join(", ");
}

function Audit() {
  const query = useInfiniteQuery(auditQuery);
  const items: AuditEntry[] = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      {query.isPending && <Waiting what="record" />}
      {query.error !== null && <Failure error={query.error} />}
      {query.data !== undefined && (
        <Section title="What was done" flush>
          <table className={css.table}>
            <thead>
              <tr>
                <th>When</th>
                <th>Who</th>
                <th>What</th>
                <th>On what</th>
                <th>Details</th>
              </tr>
            </thead>
            <tbody>
              {items.map((entry, i) => (
                <tr key={`${entry.at}-${i}`}>
                  <td className={css.dim}>
                    <TimeAgo time={entry.at} />
                  </td>
                  <td style={{ whiteSpace: "nowrap" }}>{entry.actor?.name ?? "Sheaf"}</td>
                  <td className={css.mono}>{entry.action}</td>
                  <td className={css.mono}>{entry.object}</td>
                  <td className={css.dim}>
                    <WithCode text={detailsText(entry.details)} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {query.hasNextPage && <MoreRows query={query} />}
        </Section>
      )}
    </>
  );
}
