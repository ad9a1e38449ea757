/** /invite?token=...: joining by an invitation, as a new person or with the account at hand. */
import { PasswordInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ApiError } from "~/api/http";
import { acceptInvitation, invitationLookupQuery, sessionQuery } from "~/api/session";
import type { Session } from "~/api/types";
import { errorWords } from "~/components/notify";
import { ROLE_NAMES } from "~/lib/roles";
import { Door, textOf } from "./Door";

export function InvitePage({
  token,
  onDone,
}: {
  token: string;
  onDone: (session: Session) => void;
}) {
  const lookup = useQuery(invitationLookupQuery(token));
  const session = useQuery(sessionQuery);
  if (lookup.error !== null) {
    const { message, hint } = errorWords(lookup.error);
    const gone = lookup.error instanceof ApiError && lookup.error.status === 404;
    return (
      <Door
        title="This invitation does not work"
        lead={
          <>
            {gone
              ? "It was used, withdrawn or has run out. Ask whoever sent it for a new one."
              : `${message} ${hint ?? ""}`}{" "}
            Who has an account can <Link to="/login">log in</Link>.
          </>
        }
      />
    );
  }
  if (lookup.data === undefined || session.data === undefined) {
    return <Door title="Invitation" lead="Looking it up." />;
  }
  const { email, project_name, roles, inviter_name } = lookup.data;
  const what = [
    `${inviter_name ?? "An admin"} invites you`,
    project_name === null ? "to Sheaf" : `to “${project_name}”`,
    roles.length === 0
      ? ""
      : `as ${roles.map((role) => ROLE_NAMES[role].toLowerCase()).join(" and ")}`,
  ].join(" ");
  const user = session.data.user;
  if (user !== null) {
    return (
      <Door
        title="Join"
        lead={`${what}. You join as ${user.name} (${user.email}).`}
        button="Join"
        onSubmit={async () => {
          onDone(await acceptInvitation({ token }));
        }}
      />
    );
  }
  return (
    <Door
      title="Join"
      lead={`${what}.`}
      button="Make my account"
      onSubmit={async (form) => {
        onDone(
          await acceptInvitation({
            token,
            email: email ?? textOf(form, "email").trim(),
            name: textOf(form, "name").trim(),
            password: textOf(form, "password"),
          }),
        );
      }}
    >
      <TextInput
        size="sm"
        name="email"
        type="email"
        label="E-mail"
        required
        withAsterisk={false}
        defaultValue={email ?? ""}
        readOnly={email !== null}
        autoFocus={email === null}
        autoComplete="username"
      />
      <TextInput
        size="sm"
        name="name"
        label="Your name"
        required
        withAsterisk={false}
        autoFocus={email !== null}
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
