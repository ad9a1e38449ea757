/** /p/:id/batches/:bid: one batch: state, progress, pace, people, recipe. */
import { Button } from "@mantine/core";
import { IconDownload, IconPhoto } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { batchQuery } from "~/api/batches";
import { projectQuery } from "~/api/projects";
import { knownAnswersQuery } from "~/api/quality";
import type { Batch, User } from "~/api/types";
import { BatchStateBadge, KINDS, ProgressBar, ProgressLegend } from "~/components/BatchState";
import { isQuality } from "~/components/batch/kinds";
import { Failure, Page, Section, Stat, Stats, Waiting } from "~/components/Page";
import css from "~/components/page.module.css";
import { TimeAgo } from "~/components/TimeAgo";
import { count, duration, moment, percent } from "~/lib/format";
import { quote } from "~/lib/queryText";
import { isManager } from "~/lib/roles";
import { AgreementSection } from "./AgreementSection";
import { BatchActions } from "./BatchActions";
import { KnownSection } from "./known/KnownSection";
import { RecipeSection } from "./RecipeSection";
import { RevisionsSection } from "./RevisionsSection";
import { ServedSection } from "./ServedSection";

export function BatchPage({
  projectId,
  batchId,
  user,
}: {
  projectId: string;
  batchId: string;
  user: User;
}) {
  const query = useQuery({ ...batchQuery(projectId, batchId), refetchInterval: 5_000 });
  const project = useQuery(projectQuery(projectId));
  const manager = project.data !== undefined && isManager(user, project.data);
  const batch = query.data;
  const known = useInfiniteQuery({
    ...knownAnswersQuery(projectId, batchId),
    enabled: manager && batch !== undefined && isQuality(batch.kind),
  });
  const missing = known.data?.pages[0]?.missing ?? null;
  return (
    <Page
      title={batch?.name ?? "Batch"}
      crumbs={
        <Link to="/p/$projectId/batches" params={{ projectId }} className={css.crumb}>
          Batches /
        </Link>
      }
      note={batch === undefined ? undefined : <BatchStateBadge batch={batch} />}
      actions={
        batch !== undefined && (
          <>
            <Button
              variant="default"
              leftSection={<IconPhoto size={15} />}
              component={Link}
              to={`/p/${projectId}/library?q=${encodeURIComponent(`batch:${quote(batch.name)}`)}`}
            >
              In the library
            </Button>
            <Button
              variant="default"
              leftSection={<IconDownload size={15} />}
              component={Link}
              to={`/p/${projectId}/export?batch=${encodeURIComponent(batch.id)}`}
            >
              Export
            </Button>
            {manager && <BatchActions projectId={projectId} batch={batch} missing={missing} />}
          </>
        )
      }
    >
      {query.isPending && <Waiting what="batch" />}
      {query.error !== null && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {batch !== undefined && <BatchBody projectId={projectId} batch={batch} manager={manager} />}
    </Page>
  );
}

function BatchBody({
  projectId,
  batch,
  manager,
}: {
  projectId: string;
  batch: Batch;
  manager: boolean;
}) {
  const { counts, pace } = batch;
  if (isQuality(batch.kind)) {
    return <QualityBody projectId={projectId} batch={batch} manager={manager} />;
  }
  return (
    <>
      <Stats>
        <Stat label="Tasks" value={count(counts.members)} hint={KINDS[batch.kind]} />
        <Stat label="Done" value={count(counts.done)} hint={percent(counts.done, counts.members)} />
        <Stat label="In hand" value={count(counts.claimed)} />
        <Stat label="Judgements" value={batch.overlap} hint="per task" />
        <Stat
          label="Review levels"
          value={batch.review_levels}
          hint={
            batch.review_levels === 0
              ? "no review"
              : `${count(counts.to_review + counts.reviewing)} open`
          }
        />
        <Stat label="Priority" value={batch.priority} hint="Higher goes first" />
        <Stat
          label="Pace"
          value={pace?.per_hour == null ? "–" : count(Math.round(pace.per_hour))}
          hint="submitted an hour"
        />
        <Stat
          label="Expected end"
          value={pace?.expected_end == null ? "–" : <TimeAgo time={pace.expected_end} />}
          hint={
            pace?.expected_end != null
              ? moment(pace.expected_end)
              : batch.state === "staging"
                ? "Not launched"
                : "No pace yet"
          }
        />
      </Stats>
      <ServedSection batch={batch} />
      <Section title="Progress">
        <ProgressBar batch={batch} height={12} />
        <div style={{ height: 10 }} />
        <ProgressLegend batch={batch} />
        {batch.state === "staging" && (
          <p className={css.dim} style={{ margin: "10px 0 0" }}>
            In staging: nobody is served its tasks. Launch it when it is right.
          </p>
        )}
        {counts.blocked > 0 && (
          <p className={css.dim} style={{ margin: "10px 0 0" }}>
            {count(counts.blocked)} blocked: several people skipped them. Look at them in the
            library with status:blocked.
          </p>
        )}
      </Section>
      <Section title="People" flush>
        <PeopleTable batch={batch} />
      </Section>
      <AgreementSection projectId={projectId} batch={batch} />
      <RecipeSection projectId={projectId} batch={batch} canRerun={manager} />
      <RevisionsSection projectId={projectId} batch={batch} />
      <Dates projectId={projectId} batch={batch} />
    </>
  );
}

/** A batch with known answers: it measures people, so that how far it is says nothing. */
function QualityBody({
  projectId,
  batch,
  manager,
}: {
  projectId: string;
  batch: Batch;
  manager: boolean;
}) {
  const { counts } = batch;
  return (
    <>
      <Stats>
        <Stat label="Tasks" value={count(counts.members)} hint={KINDS[batch.kind]} />
        {batch.gold_rate !== null && (
          <Stat label="Gold rate" value={`${batch.gold_rate}%`} hint="of everybody's tasks" />
        )}
        <Stat label="Answers" value={count(counts.submitted)} hint="compared with the known ones" />
        <Stat label="People" value={count(batch.people?.length ?? 0)} hint="who worked on it" />
        <Stat label="In hand" value={count(counts.claimed)} />
      </Stats>
      <ServedSection batch={batch} />
      {manager && <KnownSection projectId={projectId} batch={batch} />}
      <Section
        title="People"
        flush
        actions={
          manager && (
            <Link to="/p/$projectId/people" params={{ projectId }}>
              Accuracy of everybody
            </Link>
          )
        }
      >
        <PeopleTable batch={batch} />
      </Section>
      <RecipeSection projectId={projectId} batch={batch} canRerun={manager} />
      <RevisionsSection projectId={projectId} batch={batch} />
      <Dates projectId={projectId} batch={batch} />
    </>
  );
}

function Dates({ projectId, batch }: { projectId: string; batch: Batch }) {
  return (
    <Section title="Dates">
      <div className={css.legend}>
        <span>
          Made <TimeAgo time={batch.created_at} />
          {batch.created_by !== null && ` by ${batch.created_by.name}`}
          {batch.standing != null && (
            <>
              {", by the standing batch "}
              <Link
                to="/p/$projectId/batches/standing/$standingId"
                params={{ projectId, standingId: batch.standing.id }}
              >
                {batch.standing.name}
              </Link>
            </>
          )}
        </span>
        <span>
          {batch.launched_at === null ? (
            "Not launched"
          ) : (
            <>
              Launched <TimeAgo time={batch.launched_at} />
            </>
          )}
        </span>
        {batch.ended_at !== null && (
          <span>
            {batch.state === "cancelled" ? "Cancelled" : "Completed"}{" "}
            <TimeAgo time={batch.ended_at} />
          </span>
        )}
      </div>
    </Section>
  );
}

function PeopleTable({ batch }: { batch: Batch }) {
  const people = batch.people ?? [];
  if (people.length === 0) {
    return (
      <p className={css.dim} style={{ margin: 0, padding: 14 }}>
        Nobody has worked on it yet.
      </p>
    );
  }
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th>Person</th>
          <th className={css.right}>Submitted</th>
          <th className={css.right}>Share</th>
          <th className={css.right}>In hand</th>
          <th className={css.right}>Mean time</th>
        </tr>
      </thead>
      <tbody>
        {people.map((person) => (
          <tr key={person.id}>
            <td>{person.name}</td>
            <td className={css.right}>{count(person.submitted)}</td>
            <td className={css.right}>{percent(person.submitted, batch.counts.submitted)}</td>
            <td className={css.right}>{count(person.claimed)}</td>
            <td className={css.right}>
              {person.mean_seconds === null ? "–" : duration(person.mean_seconds)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
