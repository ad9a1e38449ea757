/** /p/:id/insights: what goes on in a project: batches under way, what comes in, who does it. */
import { SegmentedControl } from "@mantine/core";
import { IconChartBar } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { insightsQuery } from "~/api/insights";
import { projectQuery } from "~/api/projects";
import type { BatchProgress, User } from "~/api/types";
import { OVERLAP_MAX } from "~/components/batch/JudgingFields";
import { BatchStateBadge, ProgressBar } from "~/components/BatchState";
import { HoursChart } from "~/components/insights/HoursChart";
import own from "~/components/insights/insights.module.css";
import { LiveNote } from "~/components/insights/LiveNote";
import { basisText, endText, paceText } from "~/components/insights/pace";
import { PeopleTable } from "~/components/insights/PeopleTable";
import { useLive } from "~/components/insights/useLive";
import { EmptyState, Failure, Page, Section, Stat, Stats, Waiting } from "~/components/Page";
import css from "~/components/page.module.css";
import { ShowAll, useFirst } from "~/components/ShowAll";
import { TimeAgo, useNow } from "~/components/TimeAgo";
import { count, percent, plural } from "~/lib/format";
import { isManager } from "~/lib/roles";

const SPANS = [
  { value: "24", label: "A day" },
  { value: "168", label: "A week" },
  { value: "720", label: "30 days" },
];

export function InsightsPage({ projectId, user }: { projectId: string; user: User }) {
  const [hours, setHours] = useState("24");
  const live = useLive(projectId);
  const project = useQuery(projectQuery(projectId));
  const query = useQuery({
    ...insightsQuery(projectId, Number(hours)),
    refetchInterval: live === "live" ? 60_000 : 10_000,
    placeholderData: keepPreviousData,
  });
  const manager = project.data !== undefined && isManager(user, project.data);
  const it = query.data;
  const total = (key: "labels" | "reviews" | "sent_back") =>
    (it?.hours ?? []).reduce((sum, hour) => sum + hour[key], 0);
  const inHand = (it?.people ?? []).reduce(
    (sum, person) => sum + person.labelling + person.reviewing,
    0,
  );
  const blocked = (it?.batches ?? []).reduce((sum, batch) => sum + batch.counts.blocked, 0);
  return (
    <Page
      title="Insights"
      note={
        <>
          {project.data?.name} <LiveNote live={live} />
        </>
      }
      actions={
        <SegmentedControl
          size="xs"
          data={SPANS}
          value={hours}
          onChange={setHours}
          aria-label="How far back"
        />
      }
    >
      {query.isPending && <Waiting what="insights" />}
      {query.error !== null && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {it !== undefined && it.batches.length === 0 && it.people.length === 0 && (
        <EmptyState icon={<IconChartBar size={24} />} title="Nothing goes on here">
          Pace, progress and people are shown here as soon as a batch is launched.
        </EmptyState>
      )}
      {it !== undefined && (it.batches.length > 0 || it.people.length > 0) && (
        <>
          <Stats>
            <Stat label="Answers" value={count(total("labels"))} />
            <Stat label="Reviews" value={count(total("reviews"))} />
            <Stat
              label="Sent back"
              value={percent(total("sent_back"), total("labels"))}
              hint={`${count(total("sent_back"))} of these answers`}
            />
            <Stat label="People at work" value={count(it.people.length)} />
            <Stat label="In hand now" value={count(inHand)} />
            <Stat label="Blocked now" value={count(blocked)} hint="a manager decides" />
          </Stats>
          <Section title="What came in">
            <HoursChart hours={it.hours} />
          </Section>
          <Section title="Batches" flush>
            <Batches projectId={projectId} batches={it.batches} />
          </Section>
          <Section title="People" flush>
            <PeopleTable
              projectId={projectId}
              people={it.people}
              manager={manager}
              empty="Nobody handed in or holds anything in this time."
            />
          </Section>
        </>
      )}
    </Page>
  );
}

function Batches({ projectId, batches }: { projectId: string; batches: BatchProgress[] }) {
  const now = useNow();
  const { rows, showAll } = useFirst(batches);
  if (batches.length === 0) {
    return <p className={css.none}>No batch is under way.</p>;
  }
  return (
    <>
      <table className={`${css.table} ${css.fixed}`}>
        <thead>
          <tr>
            <th>Batch</th>
            <th style={{ width: 108 }}>State</th>
            <th style={{ width: "17%" }}>Progress</th>
            <th className={css.right} style={{ width: 78 }}>
              In hand
            </th>
            <th className={css.right} style={{ width: 78 }}>
              Blocked
            </th>
            <th style={{ width: "17%" }}>Pace</th>
            <th style={{ width: "16%" }}>Expected end</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((batch) => {
            const { counts, pace } = batch;
            const end = endText(pace, now);
            // More judgements than a batch that labels data has: it measures people, and never gets done.
            const quality = batch.overlap > OVERLAP_MAX;
            const under = batch.state === "in_progress" || batch.state === "paused";
            return (
              <tr key={batch.id}>
                <td className={css.clip} title={batch.name}>
                  <Link
                    to="/p/$projectId/batches/$batchId"
                    params={{ projectId, batchId: batch.id }}
                  >
                    {batch.name}
                  </Link>
                </td>
                <td>
                  <BatchStateBadge batch={{ state: batch.state, archived: false }} />
                </td>
                <td>
                  {quality ? (
                    <span className={css.dim}>{plural(counts.submitted, "answer")} compared</span>
                  ) : (
                    <div style={{ display: "flex", alignItems: "center", gap: 10 }}>
                      <div style={{ flex: 1 }}>
                        <ProgressBar batch={batch} />
                      </div>
                      <span className={`${css.dim} num ${own.percent}`}>
                        {percent(counts.done, counts.members)}
                      </span>
                    </div>
                  )}
                </td>
                <td className={css.right}>{count(counts.claimed + counts.reviewing)}</td>
                <td className={css.right}>
                  {counts.blocked > 0 ? (
                    <span className={own.warn}>{count(counts.blocked)}</span>
                  ) : (
                    "0"
                  )}
                </td>
                <td className={css.dim} title={under ? basisText(pace, now) : undefined}>
                  {under ? paceText(pace) : "–"}
                </td>
                <td title={under && !quality ? end.hint : undefined}>
                  {!under ? (
                    <>
                      Ended <TimeAgo time={batch.ended_at} />
                    </>
                  ) : quality ? (
                    <span className={css.dim}>Never: its answers are known</span>
                  ) : end.value === null ? (
                    <span className={css.dim}>{end.hint}</span>
                  ) : (
                    <TimeAgo time={end.value} />
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {showAll !== null && <ShowAll n={batches.length} what="batches" onClick={showAll} />}
    </>
  );
}
