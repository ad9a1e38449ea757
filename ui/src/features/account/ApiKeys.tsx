/** API keys of one's own: made, shown once, revoked. */
import { Badge, Button, Modal, TextInput } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { createKey, keysQuery, revokeKey } from "~/api/session";
import type { ApiKey, NewApiKey } from "~/api/types";
import { CodeLine } from "~/components/CodeLine";
import { confirm } from "~/components/confirm";
import { notifyDone, notifyError } from "~/components/notify";
import { EmptyState, Failure, Section, Waiting } from "~/components/Page";
import css from "~/components/page.module.css";
import { TimeAgo } from "~/components/TimeAgo";
import { textOf } from "./Door";

export function ApiKeys() {
  const client = useQueryClient();
  const keys = useQuery(keysQuery);
  const [made, setMade] = useState<NewApiKey | null>(null);
  const [naming, setNaming] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: keysQuery.queryKey });
  const create = useMutation({
    mutationFn: createKey,
    onSuccess: (key) => {
      setNaming(false);
      setMade(key);
      void refresh();
    },
    onError: (error) => notifyError(error, "No key was made"),
  });
  const handleCreate = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    create.mutate(textOf(new FormData(event.currentTarget), "name").trim());
  };
  const items = keys.data?.items ?? [];
  return (
    <Section
      title="API keys"
      flush
      actions={
        <Button variant="default" onClick={() => setNaming(true)}>
          New key
        </Button>
      }
    >
      {keys.isPending && <Waiting what="API keys" />}
      {keys.error !== null && <Failure error={keys.error} onRetry={() => void keys.refetch()} />}
      {keys.data !== undefined && items.length === 0 && (
        <EmptyState icon={<IconKey size={22} />} title="No keys">
          A key lets the command line and your scripts act as you. It is shown once, when it is
          made.
        </EmptyState>
      )}
      {items.length > 0 && (
        <table className={css.table}>
          <thead>
            <tr>
              <th>Name</th>
              <th>Begins with</th>
              <th>Made</th>
              <th>Last used</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {items.map((key) => (
              <KeyRow key={key.id} item={key} onChange={() => void refresh()} />
            ))}
          </tbody>
        </table>
      )}
      <Modal opened={naming} onClose={() => setNaming(false)} title="New API key">
        <form onSubmit={handleCreate} style={{ display: "grid", gap: 12 }}>
          <TextInput
            name="name"
            label="What is it for?"
            placeholder="nightly import"
            required
            withAsterisk={false}
            data-autofocus
          />
          <Button type="submit" loading={create.isPending}>
            Make key
          </Button>
        </form>
      </Modal>
      <Modal
        opened={made !== null}
        onClose={() => setMade(null)}
        title="Copy the key now"
        size="lg"
      >
        <p style={{ marginTop: 0 }}>
          It is shown this once. Sheaf keeps only a hash of it; if it is lost, make another.
        </p>
        <CodeLine text={made?.secret ?? ""} label="API key" />
        <Button mt="md" onClick={() => setMade(null)}>
          I have it
        </Button>
      </Modal>
    </Section>
  );
}

function KeyRow({ item, onChange }: { item: ApiKey; onChange: () => void }) {
  const revoke = useMutation({
    mutationFn: () => revokeKey(item.id),
    onSuccess: () => {
      notifyDone(`The key “${item.name}” no longer works.`);
      onChange();
    },
    onError: (error) => notifyError(error, "The key was not revoked"),
  });
  const handleRevoke = async () => {
    const yes = await confirm({
      title: `Revoke “${item.name}”?`,
      text: "Whatever uses it stops working at once. This cannot be undone.",
      yes: "Revoke",
      danger: true,
    });
    if (yes) revoke.mutate();
  };
  return (
    <tr>
      <td>{item.name}</td>
      <td className={css.mono}>{item.prefix}…</td>
      <td>
        <TimeAgo time={item.created_at} />
      </td>
      <td>
        <TimeAgo time={item.last_used_at} />
      </td>
      <td className={css.right}>
        {item.revoked_at === null ? (
          <Button
            variant="subtle"
            color="red"
            size="compact-xs"
            onClick={() => void handleRevoke()}
          >
            Revoke
          </Button>
        ) : (
          <Badge color="gray">Revoked</Badge>
        )}
      </td>
    </tr>
  );
}
