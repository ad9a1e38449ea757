/** /p/:id/batches/standing: the batches that make themselves, and when they do so next. */
import { ActionIcon, Badge, Button, Menu } from "@mantine/core";
import { IconDots, IconPlus, IconRepeat } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { projectQuery } from "~/api/projects";
import { standingBatchesQuery } from "~/api/standing";
import type { StandingBatch, User } from "~/api/types";
import { useCommands } from "~/commands/useCommands";
import { BatchesTabs } from "~/components/batch/BatchesTabs";
import { EmptyState, Failure, Page, Section, Waiting } from "~/components/Page";
import css from "~/components/page.module.css";
import { pickSentence } from "~/components/recipe/pick";
import { TimeAgo } from "~/components/TimeAgo";
import { count } from "~/lib/format";
import { isManager } from "~/lib/roles";
import { NextRun } from "./NextRun";
import { OUTCOMES, triggerText } from "./standing";
import own from "./standing.module.css";
import { useStandingActions } from "./useStandingActions";

export function StandingPage({ projectId, user }: { projectId: string; user: User }) {
  const navigate = useNavigate();
  const query = useQuery({ ...standingBatchesQuery(projectId), refetchInterval: 10_000 });
  const project = useQuery(projectQuery(projectId));
  const manager = project.data !== undefined && isManager(user, project.data);
  const items = query.data?.items ?? [];
  const create = () =>
    void navigate({ to: "/p/$projectId/batches/standing/new", params: { projectId }, search: {} });
  useCommands([
    {
      id: "standing.new",
      label: "Make a standing batch",
      group: "Batches",
      enabled: manager,
      run: create,
    },
  ]);
  const make = manager && (
    <Button
      component={Link}
      to={`/p/${projectId}/batches/standing/new`}
      leftSection={<IconPlus size={15} />}
    >
      Make a standing batch
    </Button>
  );
  return (
    <Page title="Standing batches" note={project.data?.name} width="full" actions={make}>
      <BatchesTabs projectId={projectId} />
      {query.isPending && <Waiting what="standing batches" />}
      {query.error !== null && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && items.length === 0 && (
        <EmptyState
          icon={<IconRepeat size={24} />}
          title="No standing batches yet"
          actions={make === false ? undefined : make}
        >
          A standing batch cuts a constant stream into batches by itself: every night, or whenever
          500 new matches have come in, it takes what its query finds and no batch has yet, and
          hands it to the annotators.
        </EmptyState>
      )}
      {items.length > 0 && (
        <Section label="List of standing batches" flush>
          <table className={css.table}>
            <thead>
              <tr>
                <th>Name</th>
                <th>What</th>
                <th>When</th>
                <th>Next</th>
                <th>Last run</th>
                <th className={css.right}>Runs</th>
                {manager && <th aria-label="Actions" style={{ width: 44 }} />}
              </tr>
            </thead>
            <tbody>
              {items.map((standing) => (
                <StandingRow
                  key={standing.id}
                  projectId={projectId}
                  standing={standing}
                  manager={manager}
                />
              ))}
            </tbody>
          </table>
        </Section>
      )}
    </Page>
  );
}

function StandingRow({
  projectId,
  standing,
  manager,
}: {
  projectId: string;
  standing: StandingBatch;
  manager: boolean;
}) {
  const { last_run: last } = standing;
  const when = triggerText(standing.trigger);
  return (
    <tr>
      <td>
        <Link
          to="/p/$projectId/batches/standing/$standingId"
          params={{ projectId, standingId: standing.id }}
        >
          {standing.name}
        </Link>{" "}
        {standing.state === "paused" && <Badge color="yellow">Paused</Badge>}
      </td>
      <td>
        {standing.query === "" ? (
          "the whole library"
        ) : (
          <code className={own.query}>{standing.query}</code>
        )}
        {standing.pick !== "all" && (
          <span className={css.dim}>, {pickSentence(standing.pick)}</span>
        )}
      </td>
      <td>{when.charAt(0).toUpperCase() + when.slice(1)}</td>
      <td>
        <NextRun standing={standing} />
      </td>
      <td>
        {last === null ? (
          <span className={css.dim}>never</span>
        ) : (
          <>
            <Badge color={OUTCOMES[last.outcome].color}>{OUTCOMES[last.outcome].text}</Badge>{" "}
            {last.batch !== null && (
              <Link
                to="/p/$projectId/batches/$batchId"
                params={{ projectId, batchId: last.batch.id }}
                style={{ whiteSpace: "nowrap" }}
              >
                {last.batch.name}
              </Link>
            )}{" "}
            <span className={css.dim}>
              <TimeAgo time={last.ran_at} />
            </span>
          </>
        )}
      </td>
      <td className={css.right}>{count(standing.runs)}</td>
      {manager && (
        <td>
          <RowMenu projectId={projectId} standing={standing} />
        </td>
      )}
    </tr>
  );
}

function RowMenu({ projectId, standing }: { projectId: string; standing: StandingBatch }) {
  const { act, remove, busy } = useStandingActions(projectId);
  const navigate = useNavigate();
  return (
    <Menu position="bottom-end" width={170}>
      <Menu.Target>
        <ActionIcon aria-label={`Actions for ${standing.name}`} loading={busy}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => act(standing, "run")}>Run now</Menu.Item>
        <Menu.Item onClick={() => act(standing, standing.state === "paused" ? "resume" : "pause")}>
          {standing.state === "paused" ? "Resume" : "Pause"}
        </Menu.Item>
        <Menu.Item
          onClick={() =>
            void navigate({
              to: "/p/$projectId/batches/standing/$standingId/edit",
              params: { projectId, standingId: standing.id },
            })
          }
        >
          Edit
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item color="red" onClick={() => void remove(standing)}>
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
