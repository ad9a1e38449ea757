/** /setup?token=...: the first admin of a new instance. */
import { PasswordInput, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { setUp } from "~/api/session";
import type { Session } from "~/api/types";
import { Door, textOf } from "./Door";

export function SetupPage({
  token,
  done,
  onDone,
}: {
  token: string;
  /** The first admin is there already. */
  done: boolean;
  onDone: (session: Session) => void;
}) {
  if (done) {
    return (
      <Door
        title="Sheaf is set up already"
        lead={
          <>
            The set-up link worked once. <Link to="/login">Log in</Link>, or ask an admin for an
            invitation.
          </>
        }
      />
    );
  }
  if (token === "") {
    return (
      <Door
        title="This desk is not set up yet"
        lead="Open the one-time set-up link that Sheaf printed when it was started. It ends in /setup?token=… and works once."
      />
    );
  }
  return (
    <Door
      title="Set up Sheaf"
      lead="You become its first admin. Others come in by your invitations."
      button="Set up"
      onSubmit={async (form) => {
        onDone(
          await setUp({
            token,
            email: textOf(form, "email").trim(),
            name: textOf(form, "name").trim(),
            password: textOf(form, "password"),
          }),
        );
      }}
    >
      <TextInput size="sm" name="name" label="Your name" required withAsterisk={false} autoFocus />
      <TextInput
        size="sm"
        name="email"
        type="email"
        label="E-mail"
        required
        withAsterisk={false}
        autoComplete="username"
      />
      <PasswordInput
        size="sm"
        name="password"
        label="Password"
        description="At least 8 characters."
        required
        withAsterisk={false}
        minLength={8}
        autoComplete="new-password"
      />
    </Door>
  );
}
