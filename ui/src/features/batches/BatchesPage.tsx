/** /p/:id/batches: the batches of a project. */
import { Button, Checkbox, Switch } from "@mantine/core";
import { IconPlus, IconStack2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { batchesQuery } from "~/api/batches";
import { projectQuery } from "~/api/projects";
import type { Batch, User } from "~/api/types";
import { BatchesTabs } from "~/components/batch/BatchesTabs";
import { BatchStateBadge, KINDS, ProgressBar } from "~/components/BatchState";
import { EmptyState, Failure, Page, Section, Waiting } from "~/components/Page";
import css from "~/components/page.module.css";
import { TimeAgo } from "~/components/TimeAgo";
import { count, percent } from "~/lib/format";
import { isManager } from "~/lib/roles";
import { CombineBar } from "./CombineBar";

export function BatchesPage({ projectId, user }: { projectId: string; user: User }) {
  const [archived, setArchived] = useState(false);
  const query = useQuery({ ...batchesQuery(projectId, archived), refetchInterval: 15_000 });
  const project = useQuery(projectQuery(projectId));
  const manager = project.data !== undefined && isManager(user, project.data);
  const items = query.data?.items ?? [];
  const [tickedIds, setTicked] = useState<string[]>([]);
  const ticked = tickedIds.flatMap((id) => items.find((batch) => batch.id === id) ?? []);
  const make = manager && (
    <Button
      component={Link}
      to={`/p/${projectId}/batches/new`}
      leftSection={<IconPlus size={15} />}
    >
      Make a batch
    </Button>
  );
  return (
    <Page
      title="Batches"
      note={project.data?.name}
      width="full"
      actions={
        <>
          <Switch
            label="Archived"
            checked={archived}
            onChange={(event) => setArchived(event.currentTarget.checked)}
          />
          {make}
        </>
      }
    >
      <BatchesTabs projectId={projectId} at="batches" />
      {query.isPending && <Waiting what="batches" />}
      {query.error !== null && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && items.length === 0 && (
        <EmptyState
          icon={<IconStack2 size={24} />}
          title={archived ? "Nothing is archived" : "No batches yet"}
          actions={archived ? undefined : make}
        >
          {archived
            ? "Batches that you archive are kept here."
            : "A batch is a part of the library that is to be labelled, of any size. Annotators see its tasks when it is launched, and nothing before that."}
        </EmptyState>
      )}
      {items.length > 0 && (
        <Section title={archived ? "Archived batches" : "Batches"} flush>
          <table className={css.table}>
            <thead>
              <tr>
                {manager && <th aria-label="Ticked" style={{ width: 34 }} />}
                <th>Name</th>
                <th>State</th>
                <th style={{ width: "22%" }}>Progress</th>
                <th className={css.right}>Tasks</th>
                <th className={css.right} title="Higher is served first">
                  Priority
                </th>
                <th>Kind</th>
                <th>Made</th>
              </tr>
            </thead>
            <tbody>
              {items.map((batch) => (
                <BatchRow
                  key={batch.id}
                  projectId={projectId}
                  batch={batch}
                  ticked={tickedIds.includes(batch.id)}
                  onTick={
                    manager
                      ? () =>
                          setTicked((now) =>
                            now.includes(batch.id)
                              ? now.filter((id) => id !== batch.id)
                              : [...now, batch.id],
                          )
                      : undefined
                  }
                />
              ))}
            </tbody>
          </table>
          {query.data !== undefined && query.data.total > items.length && (
            <p className={css.dim} style={{ margin: 0, padding: 14 }}>
              The newest {count(items.length)} of {count(query.data.total)} are listed. The query{" "}
              <code>batch:</code> in the library completes the names of all.
            </p>
          )}
        </Section>
      )}
      {ticked.length > 0 && (
        <CombineBar projectId={projectId} batches={ticked} onClear={() => setTicked([])} />
      )}
    </Page>
  );
}

function BatchRow({
  projectId,
  batch,
  ticked,
  onTick,
}: {
  projectId: string;
  batch: Batch;
  ticked: boolean;
  /** Undefined for those who may not make batches. */
  onTick: (() => void) | undefined;
}) {
  const { counts } = batch;
  return (
    <tr>
      {onTick !== undefined && (
        <td style={{ paddingRight: 0 }}>
          <Checkbox aria-label={`Tick ${batch.name}`} checked={ticked} onChange={onTick} />
        </td>
      )}
      <td>
        <Link to="/p/$projectId/batches/$batchId" params={{ projectId, batchId: batch.id }}>
          {batch.name}
        </Link>
      </td>
      <td>
        <BatchStateBadge batch={batch} />
      </td>
      <td>
        <div style={{ display: "flex", alignItems: "center", gap: 10 }}>
          <div style={{ flex: 1 }}>
            <ProgressBar counts={counts} />
          </div>
          <span className={`${css.dim} num`} style={{ width: 44, textAlign: "right" }}>
            {percent(counts.submitted, counts.members)}
          </span>
        </div>
      </td>
      <td className={css.right}>{count(counts.members)}</td>
      <td className={css.right}>{batch.priority}</td>
      <td className={css.dim}>{KINDS[batch.kind] ?? batch.kind}</td>
      <td className={css.dim}>
        <TimeAgo time={batch.created_at} />
        {batch.created_by !== null && ` by ${batch.created_by.name}`}
      </td>
    </tr>
  );
}
