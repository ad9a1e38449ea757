/** The webhooks of a project: made, with a secret that is shown once; tested, turned off, given a new secret, deleted. */
import { ActionIcon, Badge, Button, Checkbox, Group, Menu, Modal, TextInput } from "@mantine/core";
import { IconDots, IconWebhook } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import type { Webhook, WebhookEvent, WebhookWithSecret } from "~/api/types";
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  rotateSecret,
  testWebhook,
  webhooksQuery,
} from "~/api/webhooks";
import { CodeLine } from "~/components/CodeLine";
import { confirm } from "~/components/confirm";
import { notifyDone, notifyError } from "~/components/notify";
import { EmptyState, Failure, Section, Waiting } from "~/components/Page";
import css from "~/components/page.module.css";
import { TimeAgo } from "~/components/TimeAgo";
import { count } from "~/lib/format";
import { WebhookLog } from "./WebhookLog";
import own from "./webhooks.module.css";

const EVENTS: Record<WebhookEvent, string> = {
  "batch.launched": "A batch is in the queue",
  "batch.completed": "The last task of a batch has ended",
  "task.submitted": "An answer was handed in",
  "task.reviewed": "A reviewer has judged an answer",
  "task.done": "Nothing more is to be done on a task",
};
const ALL = Object.keys(EVENTS) as WebhookEvent[];

export function Webhooks({ projectId }: { projectId: string }) {
  const client = useQueryClient();
  const query = useQuery(webhooksQuery(projectId));
  const [making, setMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [shown, setShown] = useState<string | null>(null);
  const refresh = () => {
    for (const key of ["webhooks", "deliveries"]) {
      void client.invalidateQueries({ queryKey: [key, projectId] });
    }
  };
  const handleSecret = (made: WebhookWithSecret) => {
    setMaking(false);
    setSecret(made.secret);
    refresh();
  };
  const items = query.data?.items ?? [];
  const log = items.find((webhook) => webhook.id === shown);
  return (
    <>
      <Section
        title="Webhooks"
        flush
        actions={
          items.length > 0 && (
            <Button variant="default" onClick={() => setMaking(true)}>
              New webhook
            </Button>
          )
        }
      >
        {query.isPending && <Waiting what="webhooks" />}
        {query.error !== null && (
          <Failure error={query.error} onRetry={() => void query.refetch()} />
        )}
        {query.data !== undefined && items.length === 0 && (
          <EmptyState
            icon={<IconWebhook size={22} />}
            title="No webhooks"
            actions={<Button onClick={() => setMaking(true)}>New webhook</Button>}
          >
            A webhook tells a program of yours what happens here: a batch is launched, an answer is
            handed in, a task is done. Each message is signed, and sent until it has arrived.
          </EmptyState>
        )}
        {items.length > 0 && (
          <table className={`${css.table} ${own.fixed}`}>
            <thead>
              <tr>
                <th>Address</th>
                <th className={own.events}>Events</th>
                <th className={own.state}>State</th>
                <th className={`${css.right} ${own.waiting}`}>Waiting</th>
                <th className={own.actions} aria-label="Actions" />
              </tr>
            </thead>
            <tbody>
              {items.map((webhook) => (
                <Row
                  key={webhook.id}
                  projectId={projectId}
                  webhook={webhook}
                  onChange={refresh}
                  onLog={() => setShown(webhook.id)}
                  onSecret={handleSecret}
                />
              ))}
            </tbody>
          </table>
        )}
      </Section>
      {log !== undefined && (
        <WebhookLog
          key={log.id}
          projectId={projectId}
          webhook={log}
          onClose={() => setShown(null)}
        />
      )}
      <Modal opened={making} onClose={() => setMaking(false)} title="New webhook" size="lg">
        <NewWebhookForm projectId={projectId} onMade={handleSecret} />
      </Modal>
      <Modal
        opened={secret !== null}
        onClose={() => setSecret(null)}
        title="Copy the secret now"
        size="lg"
      >
        <p style={{ marginTop: 0 }}>
          It is shown this once. Your program checks with it that a message is from Sheaf and was
          not changed on the way.
        </p>
        <CodeLine text={secret ?? ""} label="Secret of the webhook" />
        <Button mt="md" onClick={() => setSecret(null)}>
          I have it
        </Button>
      </Modal>
    </>
  );
}

function NewWebhookForm({
  projectId,
  onMade,
}: {
  projectId: string;
  onMade: (made: WebhookWithSecret) => void;
}) {
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState<string[]>(ALL);
  const create = useMutation({
    mutationFn: () =>
      createWebhook(projectId, {
        url: url.trim(),
        events: ALL.filter((event) => events.includes(event)),
      }),
    onSuccess: onMade,
  });
  return (
    <form
      className={own.form}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      <TextInput
        label="Address"
        placeholder="https://example.org/hooks/sheaf"
        description="It gets a POST with JSON for each event."
        value={url}
        onChange={(event) => setUrl(event.target.value)}
        data-autofocus
      />
      <Checkbox.Group label="Events" value={events} onChange={setEvents}>
        <div className={own.choices}>
          {ALL.map((event) => (
            <Checkbox key={event} value={event} label={EVENTS[event]} description={event} />
          ))}
        </div>
      </Checkbox.Group>
      {create.error !== null && <Failure error={create.error} />}
      <Group>
        <Button
          type="submit"
          loading={create.isPending}
          disabled={url.trim() === "" || events.length === 0}
        >
          Make webhook
        </Button>
      </Group>
    </form>
  );
}

function StateBadge({ webhook }: { webhook: Webhook }) {
  switch (webhook.state) {
    case "active":
      return webhook.failing_since === null ? (
        <Badge color="teal">Active</Badge>
      ) : (
        <>
          <Badge color="yellow">Failing</Badge>{" "}
          <span className={css.dim}>
            since <TimeAgo time={webhook.failing_since} />
          </span>
        </>
      );
    case "off":
      return <Badge color="gray">Off</Badge>;
    case "gone":
      return (
        <Badge color="red" title="Its endpoint answered 410 Gone">
          Gone
        </Badge>
      );
    case "failing":
      return (
        <Badge color="red" title="It has only failed for five days">
          Given up
        </Badge>
      );
  }
}

function Row({
  projectId,
  webhook,
  onChange,
  onLog,
  onSecret,
}: {
  projectId: string;
  webhook: Webhook;
  onChange: () => void;
  onLog: () => void;
  onSecret: (made: WebhookWithSecret) => void;
}) {
  const test = useMutation({
    mutationFn: () => testWebhook(projectId, webhook.id),
    onSuccess: onLog,
    onError: (error) => notifyError(error, "No ping was sent"),
    onSettled: onChange,
  });
  const turn = useMutation({
    mutationFn: (active: boolean) => changeWebhook(projectId, webhook.id, { active }),
    onSuccess: (_answer, active) =>
      notifyDone(active ? "The webhook is active." : "The webhook is off. Nothing is sent to it."),
    onError: (error) => notifyError(error, "Nothing was changed"),
    onSettled: onChange,
  });
  const rotate = useMutation({
    mutationFn: () => rotateSecret(projectId, webhook.id),
    onSuccess: onSecret,
    onError: (error) => notifyError(error, "The secret is as it was"),
  });
  const remove = useMutation({
    mutationFn: () => deleteWebhook(projectId, webhook.id),
    onSuccess: () => notifyDone("The webhook is deleted."),
    onError: (error) => notifyError(error, "It was not deleted"),
    onSettled: onChange,
  });
  const handleRotate = async () => {
    const yes = await confirm({
      title: "Make a new secret?",
      text: "For 24 hours messages are signed with both, so that you can change over without losing any.",
      yes: "Make a new secret",
    });
    if (yes) rotate.mutate();
  };
  const handleRemove = async () => {
    const yes = await confirm({
      title: "Delete this webhook?",
      text: `Nothing more is sent to ${webhook.url}, and its log is gone.`,
      yes: "Delete it",
      danger: true,
    });
    if (yes) remove.mutate();
  };
  const active = webhook.state === "active";
  return (
    <tr>
      <td>
        <button type="button" className={own.address} title={webhook.url} onClick={onLog}>
          {webhook.url}
        </button>
      </td>
      <td className={css.dim}>
        {webhook.events.length === ALL.length ? "All" : webhook.events.join(", ")}
      </td>
      <td>
        <StateBadge webhook={webhook} />
      </td>
      <td className={css.right}>
        {webhook.waiting >= 1000 ? "1000 or more" : count(webhook.waiting)}
      </td>
      <td className={css.right}>
        <Group gap={4} justify="flex-end" wrap="nowrap">
          <Button
            variant="default"
            size="compact-xs"
            loading={test.isPending}
            disabled={!active}
            onClick={() => test.mutate()}
          >
            Send a test
          </Button>
          <Menu position="bottom-end" width={190}>
            <Menu.Target>
              <ActionIcon aria-label={`Actions for ${webhook.url}`}>
                <IconDots size={15} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={onLog}>What it was told</Menu.Item>
              <Menu.Item onClick={() => turn.mutate(!active)}>
                {active ? "Turn off" : "Make active"}
              </Menu.Item>
              <Menu.Item onClick={() => void handleRotate()}>New secret</Menu.Item>
              <Menu.Divider />
              <Menu.Item color="red" onClick={() => void handleRemove()}>
                Delete
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      </td>
    </tr>
  );
}
