/** /login */
import { PasswordInput, TextInput } from "@mantine/core";
import { logIn } from "~/api/session";
import type { Session } from "~/api/types";
import { Door, textOf } from "./Door";

export function LoginPage({ onDone }: { onDone: (session: Session) => void }) {
  return (
    <Door
      title="Log in"
      lead="With the e-mail address and password that you chose."
      button="Log in"
      onSubmit={async (form) => {
        onDone(await logIn(textOf(form, "email").trim(), textOf(form, "password")));
      }}
    >
      <TextInput
        size="sm"
        name="email"
        type="email"
        label="E-mail"
        required
        withAsterisk={false}
        autoComplete="username"
        autoFocus
      />
      <PasswordInput
        size="sm"
        name="password"
        label="Password"
        required
        withAsterisk={false}
        autoComplete="current-password"
      />
    </Door>
  );
}
