/** /p/:id/batches/standing/:sid: one standing batch: what it takes, when, and every run so far. */
import { Badge, Button } from "@mantine/core";
import { IconPencil, IconPlayerPause, IconPlayerPlay, IconRepeat } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { projectQuery } from "~/api/projects";
import { fetchRuns, standingBatchQuery } from "~/api/standing";
import type { StandingBatch, StandingRun, User } from "~/api/types";
import { useCommands } from "~/commands/useCommands";
import { orderText } from "~/components/batch/serving";
import { judgingText } from "~/components/batch/JudgingFields";
import { KINDS } from "~/components/BatchState";
import { Failure, Page, Section, Waiting } from "~/components/Page";
import css from "~/components/page.module.css";
import { pickSentence } from "~/components/recipe/pick";
import { TimeAgo } from "~/components/TimeAgo";
import { count, moment, plural } from "~/lib/format";
import { isManager } from "~/lib/roles";
import { NextRun } from "./NextRun";
import { OUTCOMES, triggerText } from "./standing";
import own from "./standing.module.css";
import { useStandingActions } from "./useStandingActions";

const SCOPES: Record<string, string> = {
  none: "nothing",
  any: "what is in any batch",
  launched: "what is in a launched batch",
  production: "what is in a production batch",
  submitted: "what is labelled",
};
const CATCH_UPS = {
  each: "Each missed run is made up for",
  once: "One run makes up for all that were missed",
  skip: "Missed runs are skipped",
};

export function StandingDetailPage({
  projectId,
  standingId,
  user,
}: {
  projectId: string;
  standingId: string;
  user: User;
}) {
  const navigate = useNavigate();
  const query = useQuery({ ...standingBatchQuery(projectId, standingId), refetchInterval: 10_000 });
  const project = useQuery(projectQuery(projectId));
  const manager = project.data !== undefined && isManager(user, project.data);
  const standing = query.data;
  const { act, remove, busy } = useStandingActions(projectId, () => {
    void navigate({ to: "/p/$projectId/batches/standing", params: { projectId } });
  });
  const paused = standing?.state === "paused";
  const edit = () =>
    void navigate({
      to: "/p/$projectId/batches/standing/$standingId/edit",
      params: { projectId, standingId },
    });
  const ready = manager && standing !== undefined;
  useCommands(
    [
      { id: "standing.run", label: "Run it now", run: () => standing && act(standing, "run") },
      {
        id: "standing.pause",
        label: paused ? "Resume it" : "Pause it",
        run: () => standing && act(standing, paused ? "resume" : "pause"),
      },
      { id: "standing.edit", label: "Edit it", run: edit },
      { id: "standing.delete", label: "Delete it", run: () => standing && void remove(standing) },
    ].map((command) => ({ ...command, group: "This standing batch", enabled: ready })),
  );
  return (
    <Page
      title={standing?.name ?? "Standing batch"}
      crumbs={
        <Link to="/p/$projectId/batches/standing" params={{ projectId }} className={css.crumb}>
          Standing batches /
        </Link>
      }
      note={
        standing === undefined ? undefined : (
          <Badge color={paused ? "yellow" : "leaf"}>{paused ? "Paused" : "Active"}</Badge>
        )
      }
      actions={
        ready && (
          <>
            <Button variant="default" leftSection={<IconPencil size={15} />} onClick={edit}>
              Edit
            </Button>
            <Button
              variant="default"
              leftSection={paused ? <IconPlayerPlay size={15} /> : <IconPlayerPause size={15} />}
              disabled={busy}
              onClick={() => act(standing, paused ? "resume" : "pause")}
            >
              {paused ? "Resume" : "Pause"}
            </Button>
            <Button
              leftSection={<IconRepeat size={15} />}
              loading={busy}
              onClick={() => act(standing, "run")}
            >
              Run now
            </Button>
          </>
        )
      }
    >
      {query.isPending && <Waiting what="standing batch" />}
      {query.error !== null && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {standing !== undefined && (
        <>
          <Facts projectId={projectId} standing={standing} />
          <Runs projectId={projectId} standing={standing} />
        </>
      )}
    </Page>
  );
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

function Facts({ projectId, standing }: { projectId: string; standing: StandingBatch }) {
  const { exclude, pick, query } = standing;
  const scope = exclude.batched;
  const openTo = [...standing.open_to.groups, ...standing.open_to.people].map(({ name }) => name);
  return (
    <Section title="What it does">
      <dl className={own.facts}>
        <dt>Runs</dt>
        <dd>{triggerText(standing.trigger)}</dd>
        <dt>Next</dt>
        <dd>
          <NextRun standing={standing} />
        </dd>
        <dt>Takes</dt>
        <dd>
          {query === "" ? (
            "the whole library"
          ) : (
            <Link to="/p/$projectId/library" params={{ projectId }} search={{ q: query }}>
              <code>{query}</code>
            </Link>
          )}
          {pick !== "all" && `, ${pickSentence(pick)}`}
        </dd>
        <dt>Leaves out</dt>
        <dd>
          {Array.isArray(scope) ? `what is in ${scope.join(", ")}` : (SCOPES[scope] ?? scope)}
        </dd>
        <dt>Names them</dt>
        <dd>
          <code>{standing.name_pattern}</code>
        </dd>
        <dt>Batches are</dt>
        <dd>
          {KINDS[standing.kind].toLowerCase()}, priority {standing.priority},{" "}
          {judgingText(standing)}, {standing.launch ? "launched at once" : "kept in staging"}
        </dd>
        <dt>Open to</dt>
        <dd>{openTo.length === 0 ? "everybody with the role for it" : openTo.join(", ")}</dd>
        <dt>Tasks come</dt>
        <dd>
          {lowerFirst(orderText(standing.order))}
          {standing.due_hours !== null &&
            `, due ${plural(standing.due_hours, "hour")} after the batch is made`}
        </dd>
        {standing.prelabels !== null && (
          <>
            <dt>Pre-labels shown</dt>
            <dd>{standing.prelabels}</dd>
          </>
        )}
        <dt>After downtime</dt>
        <dd>{CATCH_UPS[standing.catch_up]}</dd>
        <dt>Made</dt>
        <dd>
          <TimeAgo time={standing.created_at} />
          {standing.created_by !== null && ` by ${standing.created_by.name}`}
        </dd>
      </dl>
    </Section>
  );
}

function Runs({ projectId, standing }: { projectId: string; standing: StandingBatch }) {
  const query = useInfiniteQuery({
    queryKey: ["standing-runs", projectId, standing.id, standing.runs],
    queryFn: ({ pageParam, signal }) => fetchRuns(projectId, standing.id, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: (before) => before,
  });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section title="Runs" flush>
      {query.isPending && <Waiting what="runs" />}
      {query.error !== null && (
        <div style={{ padding: 14 }}>
          <Failure error={query.error} onRetry={() => void query.refetch()} />
        </div>
      )}
      {query.data !== undefined && items.length === 0 && (
        <p className={css.dim} style={{ margin: 0, padding: 14 }}>
          It has not run yet.
        </p>
      )}
      {items.length > 0 && (
        <table className={css.table}>
          <thead>
            <tr>
              <th className={css.right} style={{ width: 60 }}>
                Run
              </th>
              <th>Outcome</th>
              <th>Batch</th>
              <th className={css.right}>Tasks</th>
              <th>Due</th>
              <th>Ran</th>
            </tr>
          </thead>
          <tbody>
            {items.map((run) => (
              <RunRow key={run.n} projectId={projectId} run={run} />
            ))}
          </tbody>
        </table>
      )}
      {query.hasNextPage && (
        <div style={{ padding: 10, textAlign: "center" }}>
          <Button
            variant="subtle"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Older runs
          </Button>
        </div>
      )}
    </Section>
  );
}

function RunRow({ projectId, run }: { projectId: string; run: StandingRun }) {
  const { text, color } = OUTCOMES[run.outcome];
  return (
    <tr>
      <td className={css.right}>{run.n}</td>
      <td>
        <Badge color={color}>{text}</Badge>
        {run.message !== null && <div className={own.hint}>{run.message}</div>}
      </td>
      <td>
        {run.batch === null ? (
          <span className={css.dim}>–</span>
        ) : (
          <Link to="/p/$projectId/batches/$batchId" params={{ projectId, batchId: run.batch.id }}>
            {run.batch.name}
          </Link>
        )}
      </td>
      <td className={css.right}>{run.outcome === "made" ? count(run.members) : "–"}</td>
      <td className={css.dim}>{run.cause === "hand" ? "by hand" : moment(run.due_at)}</td>
      <td className={css.dim}>
        <TimeAgo time={run.ran_at} />
      </td>
    </tr>
  );
}
