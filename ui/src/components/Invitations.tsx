/** Invitations that are still open, with the way to withdraw one. */
import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { invitationsQuery, withdrawInvitation } from "~/api/session";
import { ROLE_NAMES } from "~/lib/roles";
import { notifyDone, notifyError } from "./notify";
import { Section } from "./Page";
import css from "./page.module.css";
import { TimeAgo } from "./TimeAgo";

export function Invitations({ projectId }: { projectId?: string }) {
  const client = useQueryClient();
  const { data } = useQuery(invitationsQuery(projectId));
  const withdraw = useMutation({
    mutationFn: withdrawInvitation,
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["invitations"] });
      notifyDone("The link no longer works.");
    },
    onError: (error) => notifyError(error, "The invitation was not withdrawn"),
  });
  const open = (data?.items ?? []).filter((invitation) => invitation.used_at === null);
  if (open.length === 0) return null;
  return (
    <Section title="Open invitations" flush>
      <table className={css.table}>
        <thead>
          <tr>
            <th>For</th>
            <th>As</th>
            <th>Made</th>
            <th>Works until</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {open.map((invitation) => (
            <tr key={invitation.id}>
              <td>{invitation.email ?? "Whoever has the link"}</td>
              <td>
                {invitation.is_admin
                  ? "Admin"
                  : invitation.roles.map((role) => ROLE_NAMES[role]).join(", ") || "Member"}
              </td>
              <td className={css.dim}>
                <TimeAgo time={invitation.created_at} />
              </td>
              <td className={css.dim}>
                <TimeAgo time={invitation.expires_at} />
              </td>
              <td className={css.right}>
                <Button
                  variant="subtle"
                  color="red"
                  size="compact-xs"
                  onClick={() => withdraw.mutate(invitation.id)}
                >
                  Withdraw
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}
