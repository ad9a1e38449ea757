/** /account: name, password, API keys. */
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { sessionQuery, updateMe } from "~/api/session";
import type { User } from "~/api/types";
import { Page, Section } from "~/components/Page";
import { notifyDone, notifyError } from "~/components/notify";
import { ApiKeys } from "./ApiKeys";
import css from "./door.module.css";
import { textOf } from "./Door";

export function AccountPage({ user }: { user: User }) {
  return (
    <Page title="Account" note={user.email} width="narrow">
      <Section title="Name">
        <NameForm user={user} />
      </Section>
      <Section title="Password">
        <PasswordForm />
      </Section>
      <ApiKeys />
    </Page>
  );
}

function NameForm({ user }: { user: User }) {
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (name: string) => updateMe({ name }),
    onSuccess: (session) => {
      client.setQueryData(sessionQuery.queryKey, session);
      notifyDone("Your name is changed.");
    },
    onError: (error) => notifyError(error, "The name was not saved"),
  });
  const handleSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    save.mutate(textOf(new FormData(event.currentTarget), "name").trim());
  };
  return (
    <form onSubmit={handleSubmit} style={{ display: "flex", gap: 8, alignItems: "end" }}>
      <TextInput
        name="name"
        label="Your name, as others see it"
        defaultValue={user.name}
        required
        withAsterisk={false}
        style={{ flex: 1, maxWidth: 320 }}
      />
      <Button type="submit" variant="default" loading={save.isPending}>
        Save name
      </Button>
    </form>
  );
}

function PasswordForm() {
  const save = useMutation({
    mutationFn: (password: { current: string; new: string }) => updateMe({ password }),
    onSuccess: () => notifyDone("Your password is changed."),
    onError: (error) => notifyError(error, "The password was not changed"),
  });
  const handleSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    save.mutate(
      { current: textOf(data, "current"), new: textOf(data, "new") },
      { onSuccess: () => form.reset() },
    );
  };
  return (
    <form onSubmit={handleSubmit} className={css.form} style={{ maxWidth: 320 }}>
      <PasswordInput
        name="current"
        label="Present password"
        required
        withAsterisk={false}
        autoComplete="current-password"
      />
      <PasswordInput
        name="new"
        label="New password"
        description="At least 8 characters."
        minLength={8}
        required
        withAsterisk={false}
        autoComplete="new-password"
      />
      <div>
        <Button type="submit" variant="default" loading={save.isPending}>
          Change password
        </Button>
      </div>
    </form>
  );
}
