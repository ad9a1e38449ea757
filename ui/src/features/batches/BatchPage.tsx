/** /p/:id/batches/:bid: one batch: state, progress, pace, people, recipe. */
import { Button } from "@mantine/core";
import { IconDownload, IconPhoto } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { batchQuery } from "~/api/batches";
import { progressQuery } from "~/api/insights";
import { projectQuery } from "~/api/projects";
import { knownAnswersQuery } from "~/api/quality";
import type { Batch, User } from "~/api/types";
import { BatchStateBadge, KINDS, ProgressBar, ProgressLegend } from "~/components/BatchState";
import { isQuality } from "~/components/batch/kinds";
import { HoursChart } from "~/components/insights/HoursChart";
import { LiveNote } from "~/components/insights/LiveNote";
import { basisText, endText } from "~/components/insights/pace";
import { useLive } from "~/components/insights/useLive";
import { Failure, Page, Section, Stat, Stats, Waiting } from "~/components/Page";
import css from "~/components/page.module.css";
import { TimeAgo, useNow } from "~/components/TimeAgo";
import { count, percent } from "~/lib/format";
import { quote } from "~/lib/queryText";
import { isManager } from "~/lib/roles";
import { AgreementSection } from "./AgreementSection";
import { BatchActions } from "./BatchActions";
import { Dates, WhoSection } from "./BatchParts";
import { KnownSection } from "./known/KnownSection";
import { RecipeSection } from "./RecipeSection";
import { RevisionsSection } from "./RevisionsSection";
import { BatchWarnings, ServedSection } from "./ServedSection";
import { TasksSection } from "./TasksSection";

export function BatchPage({
  projectId,
  batchId,
  user,
}: {
  projectId: string;
  batchId: string;
  user: User;
}) {
  const live = useLive(projectId);
  const query = useQuery({
    ...batchQuery(projectId, batchId),
    refetchInterval: live === "live" ? 30_000 : 5_000,
  });
  const project = useQuery(projectQuery(projectId));
  const manager = project.data !== undefined && isManager(user, project.data);
  const batch = query.data;
  const known = useInfiniteQuery({
    ...knownAnswersQuery(projectId, batchId),
    enabled: manager && batch !== undefined && isQuality(batch.kind),
  });
  const missing = known.data?.pages[0]?.missing ?? null;
  const Body = batch === undefined ? LabellingBody : bodyOf(batch);
  return (
    <Page
      title={batch?.name ?? "Batch"}
      crumbs={
        <Link to="/p/$projectId/batches" params={{ projectId }} className={css.crumb}>
          Batches /
        </Link>
      }
      note={
        batch === undefined ? undefined : (
          <>
            <BatchStateBadge batch={batch} /> <LiveNote live={live} />
          </>
        )
      }
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
      {batch !== undefined && <Body projectId={projectId} batch={batch} manager={manager} />}
    </Page>
  );
}

function bodyOf(batch: Batch) {
  if (batch.brought_in) return BroughtInBody;
  return isQuality(batch.kind) ? QualityBody : LabellingBody;
}

function LabellingBody({
  projectId,
  batch,
  manager,
}: {
  projectId: string;
  batch: Batch;
  manager: boolean;
}) {
  const { counts, pace } = batch;
  const progress = useQuery({
    ...progressQuery(projectId, batch.id),
    enabled: batch.launched_at !== null,
    refetchInterval: 60_000,
  });
  const live = batch.state === "in_progress" || batch.state === "paused";
  const now = useNow();
  const end = endText(pace, now);
  return (
    <>
      <Stats>
        <Stat label="Tasks" value={count(counts.members)} hint={KINDS[batch.kind]} />
        <Stat label="Done" value={count(counts.done)} hint={percent(counts.done, counts.members)} />
        <Stat
          label="In hand"
          value={count(counts.claimed + counts.reviewing)}
          hint={
            batch.review_levels === 0
              ? "being labelled"
              : `${count(counts.claimed)} labelling, ${count(counts.reviewing)} reviewing`
          }
        />
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
          value={pace.per_hour === null ? "–" : count(Math.round(pace.per_hour))}
          hint="answers an hour"
        />
        <Stat
          label="Expected end"
          value={end.value === null ? "–" : <TimeAgo time={end.value} />}
          hint={
            !live ? (
              batch.state === "staging" ? (
                "Not launched"
              ) : (
                "Has ended"
              )
            ) : end.value === null ? (
              end.hint
            ) : (
              <span title={end.hint}>{basisText(pace, now)}</span>
            )
          }
        />
      </Stats>
      <BatchWarnings batch={batch} />
      {batch.state === "staging" && <ServedSection batch={batch} />}
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
            {count(counts.blocked)} blocked: several people skipped them.{" "}
            {manager ? "They are listed below, with the reasons." : "A manager decides."}
          </p>
        )}
        {progress.data !== undefined && (
          <div style={{ marginTop: 16 }}>
            <HoursChart hours={progress.data.hours} />
          </div>
        )}
      </Section>
      <WhoSection projectId={projectId} batch={batch} progress={progress} manager={manager} />
      {manager && batch.launched_at !== null && (
        <TasksSection projectId={projectId} batch={batch} />
      )}
      <AgreementSection projectId={projectId} batch={batch} />
      {batch.state !== "staging" && <ServedSection batch={batch} />}
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
  const progress = useQuery({
    ...progressQuery(projectId, batch.id),
    enabled: batch.launched_at !== null,
    refetchInterval: 60_000,
  });
  return (
    <>
      <Stats>
        <Stat label="Tasks" value={count(counts.members)} hint={KINDS[batch.kind]} />
        {batch.gold_rate !== null && (
          <Stat label="Gold rate" value={`${batch.gold_rate}%`} hint="of everybody's tasks" />
        )}
        <Stat label="Answers" value={count(counts.submitted)} hint="compared with the known ones" />
        <Stat label="In hand" value={count(counts.claimed)} />
      </Stats>
      <BatchWarnings batch={batch} />
      {manager && <KnownSection projectId={projectId} batch={batch} />}
      <WhoSection
        projectId={projectId}
        batch={batch}
        progress={progress}
        manager={manager}
        actions={
          manager && (
            <Link to="/p/$projectId/people" params={{ projectId }}>
              Accuracy of everybody
            </Link>
          )
        }
      />
      <ServedSection batch={batch} />
      <RecipeSection projectId={projectId} batch={batch} canRerun={manager} />
      <RevisionsSection projectId={projectId} batch={batch} />
      <Dates projectId={projectId} batch={batch} />
    </>
  );
}

/** Answers that people gave elsewhere: nothing of them is to be done, and nobody did them here. */
function BroughtInBody({ projectId, batch }: { projectId: string; batch: Batch }) {
  const { counts } = batch;
  return (
    <>
      <Stats>
        <Stat label="Tasks" value={count(counts.members)} hint="all of them done" />
        <Stat label="Answers" value={count(counts.submitted)} hint="given elsewhere" />
      </Stats>
      <Section title="Brought in">
        <p className={css.dim} style={{ margin: 0 }}>
          People gave these answers in another tool. Queries, exports and agreement count them like
          any other; as anybody’s work in this project they do not count, and nobody is offered
          these tasks. An asset’s page says who answered it.
        </p>
      </Section>
      <AgreementSection projectId={projectId} batch={batch} />
      <RevisionsSection projectId={projectId} batch={batch} />
      <Dates projectId={projectId} batch={batch} />
    </>
  );
}
