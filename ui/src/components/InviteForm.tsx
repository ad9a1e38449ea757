/** The form that makes an invitation link, and the link, shown once. */
import { Button, Checkbox, Group, Modal, Switch, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { invite } from "~/api/session";
import type { Role } from "~/api/types";
import { CodeLine } from "~/components/CodeLine";
import { Failure } from "~/components/Page";
import { day } from "~/lib/format";
import { ROLE_NAMES } from "~/lib/roles";

const ROLES: Role[] = ["annotator", "reviewer", "manager"];

export function InviteForm({
  projectId,
  projectName,
  canMakeAdmin = false,
  onClose,
}: {
  /** Into this project; else into the instance only. */
  projectId?: string;
  projectName?: string;
  canMakeAdmin?: boolean;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const [email, setEmail] = useState("");
  const [roles, setRoles] = useState<Role[]>(["annotator"]);
  const [admin, setAdmin] = useState(false);
  const make = useMutation({
    mutationFn: () =>
      invite({
        ...(email.trim() === "" ? {} : { email: email.trim() }),
        ...(projectId === undefined ? {} : { project_id: projectId, roles }),
        ...(admin ? { is_admin: true } : {}),
      }),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["invitations"] }),
  });
  const made = make.data;
  const url =
    made === undefined
      ? ""
      : new URL(made.url ?? `/invite?token=${made.token}`, window.location.origin).href;
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={projectName === undefined ? "Invite somebody" : `Invite into “${projectName}”`}
    >
      {made !== undefined ? (
        <div style={{ display: "grid", gap: 12 }}>
          <span>
            Send this link. It works once, until {day(made.expires_at)}, and is shown only now.
          </span>
          <CodeLine text={url} label="invitation link" />
          <Button onClick={onClose}>Done</Button>
        </div>
      ) : (
        <form onSubmit={handleSubmit} style={{ display: "grid", gap: 14 }}>
          <TextInput
            label="E-mail (optional)"
            description="Sheaf sends no mail. With an address, only that person can use the link."
            type="email"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            data-autofocus
          />
          {projectId !== undefined && (
            <Checkbox.Group
              label="Roles"
              value={roles}
              onChange={(value) => setRoles(ROLES.filter((role) => value.includes(role)))}
            >
              <Group gap="md" mt={6}>
                {ROLES.map((role) => (
                  <Checkbox key={role} value={role} label={ROLE_NAMES[role]} />
                ))}
              </Group>
            </Checkbox.Group>
          )}
          {canMakeAdmin && (
            <Switch
              label="Admin: may do everything, in every project"
              checked={admin}
              onChange={(event) => setAdmin(event.currentTarget.checked)}
            />
          )}
          {make.error !== null && <Failure error={make.error} />}
          <Button
            type="submit"
            loading={make.isPending}
            disabled={projectId !== undefined && roles.length === 0}
          >
            Make the link
          </Button>
        </form>
      )}
    </Modal>
  );
}
