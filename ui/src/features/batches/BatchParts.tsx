/** Of a batch's page: who works on it, and when it was made, launched and ended. */
import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Batch, BatchProgressDetail } from "~/api/types";
import { PeopleTable } from "~/components/insights/PeopleTable";
import { Facts, Failure, Section } from "~/components/Page";
import css from "~/components/page.module.css";
import { TimeAgo } from "~/components/TimeAgo";

/** Once it is launched: what everybody hands in and holds. */
export function WhoSection({
  projectId,
  batch,
  progress,
  manager,
  actions,
}: {
  projectId: string;
  batch: Batch;
  progress: UseQueryResult<BatchProgressDetail>;
  manager: boolean;
  actions?: ReactNode;
}) {
  if (batch.launched_at === null) return null;
  return (
    <Section title="Who does what" flush actions={actions}>
      {progress.isPending && <p className={css.none}>Loading…</p>}
      {progress.error !== null && (
        <Failure error={progress.error} onRetry={() => void progress.refetch()} />
      )}
      {progress.data !== undefined && (
        <PeopleTable
          projectId={projectId}
          people={progress.data.people}
          manager={manager}
          empty="Nobody has worked on it yet."
        />
      )}
    </Section>
  );
}

export function Dates({ projectId, batch }: { projectId: string; batch: Batch }) {
  return (
    <Section title="Dates">
      <Facts
        facts={[
          [
            "Made",
            <>
              <TimeAgo time={batch.created_at} />
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
            </>,
          ],
          ...(batch.brought_in ? [] : served(batch)),
        ]}
      />
    </Section>
  );
}

/** When it was in the queue. */
function served(batch: Batch): [string, ReactNode][] {
  const at = (time: string | null) =>
    time === null ? <span className={css.dim}>Not yet</span> : <TimeAgo time={time} />;
  return [
    ["Launched", at(batch.launched_at)],
    ["Ended", at(batch.ended_at)],
  ];
}
