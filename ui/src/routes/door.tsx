/** The pages in front of the desk, and one's own account. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { sessionQuery } from "~/api/session";
import type { Session } from "~/api/types";
import { AccountPage } from "~/features/account/AccountPage";
import { InvitePage } from "~/features/account/InvitePage";
import { LoginPage } from "~/features/account/LoginPage";
import { SetupPage } from "~/features/account/SetupPage";
import { useUser } from "./useUser";

/** Keeps the new session, forgets what the last person saw, and goes on. */
function useEnter(): (session: Session, next?: string) => void {
  const client = useQueryClient();
  const router = useRouter();
  return (session, next) => {
    client.clear();
    client.setQueryData(sessionQuery.queryKey, session);
    const inside = next !== undefined && /^\/(?![/\\])/.test(next);
    router.history.push(inside ? next : "/");
  };
}

export function LoginRoute() {
  const { next } = useSearch({ from: "/login" });
  const enter = useEnter();
  return <LoginPage onDone={(session) => enter(session, next)} />;
}

export function SetupRoute() {
  const { token } = useSearch({ from: "/setup" });
  const { data } = useQuery(sessionQuery);
  const enter = useEnter();
  return (
    <SetupPage
      token={token}
      done={data?.setup_needed === false}
      onDone={(session) => enter(session)}
    />
  );
}

export function InviteRoute() {
  const { token } = useSearch({ from: "/invite" });
  const enter = useEnter();
  return <InvitePage token={token} onDone={(session) => enter(session)} />;
}

export function AccountRoute() {
  return <AccountPage user={useUser()} />;
}
