/** /p/:id/batches: the batches of a project. */
import { Button, Checkbox, Switch } from "@mantine/core";
import { IconPlus, IconStack2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { fetchBatches } from "~/api/batches";
import { projectQuery } from "~/api/projects";
import type { Batch, User } from "~/api/types";
import { BatchesTabs } from "~/components/batch/BatchesTabs";
import { Due } from "~/components/batch/Due";
import { isQuality } from "~/components/batch/kinds";
import { BatchStateBadge, KINDS, ProgressBar } from "~/components/BatchState";
import { throttled, useLive } from "~/components/insights/useLive";
import { EmptyState, Page } from "~/components/Page";
import css from "~/components/page.module.css";
import { TimeAgo } from "~/components/TimeAgo";
import { CursorList } from "~/grid/CursorList";
import { CursorStore } from "~/grid/cursorStore";
import { useCursorRows } from "~/grid/useCursorRows";
import { count, percent, plural } from "~/lib/format";
import { isManager } from "~/lib/roles";
import own from "./batches.module.css";
import { CombineBar } from "./CombineBar";

export function BatchesPage({ projectId, user }: { projectId: string; user: User }) {
  const [archived, setArchived] = useState(false);
  const store = useMemo(
    () =>
      new CursorStore<Batch>((cursor, signal) =>
        fetchBatches(projectId, { archived, cursor, limit: 200 }, signal),
      ),
    [projectId, archived],
  );
  const list = useCursorRows(store, 15_000);
  const refresh = useMemo(() => throttled(() => void store.refresh(), 3_000), [store]);
  useEffect(() => refresh.stop, [refresh]);
  useLive(projectId, refresh.call);
  const project = useQuery(projectQuery(projectId));
  const manager = project.data !== undefined && isManager(user, project.data);
  const [tickedIds, setTicked] = useState<string[]>([]);
  const ticked = tickedIds.flatMap((id) => list.rows.find((batch) => batch.id === id) ?? []);
  const tick = (id: string) =>
    setTicked((now) => (now.includes(id) ? now.filter((other) => other !== id) : [...now, id]));
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
      note={
        list.total !== null && list.total > 0
          ? `${project.data?.name ?? ""} · ${plural(list.total, "batch", "batches")}`
          : project.data?.name
      }
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
      <BatchesTabs projectId={projectId} />
      <CursorList
        what="batches"
        empty={
          <EmptyState
            icon={<IconStack2 size={24} />}
            title={archived ? "Nothing is archived" : "No batches yet"}
            actions={archived ? undefined : make}
          >
            {archived
              ? "Batches that you archive are kept here."
              : "A batch is a part of the library that is to be labelled, of any size. Annotators see its tasks when it is launched, and nothing before that."}
          </EmptyState>
        }
        label={archived ? "List of archived batches" : "List of batches"}
        columns={manager ? 8 : 7}
        list={list}
        store={store}
        head={
          <tr>
            {manager && <th aria-label="Ticked" style={{ width: 44 }} />}
            <th>Name</th>
            <th style={{ width: 108 }}>State</th>
            <th style={{ width: "15%" }}>Progress</th>
            <th className={css.right} style={{ width: 96 }}>
              Tasks
            </th>
            <th className={css.right} style={{ width: 78 }} title="Higher is served first">
              Priority
            </th>
            <th style={{ width: 104 }}>Kind</th>
            <th style={{ width: "13%" }}>Made</th>
          </tr>
        }
        renderRow={(batch) => (
          <BatchRow
            key={batch.id}
            projectId={projectId}
            batch={batch}
            ticked={tickedIds.includes(batch.id)}
            onTick={manager ? () => tick(batch.id) : undefined}
          />
        )}
      />
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
      <td title={batch.name}>
        <span className={own.named}>
          <Link to="/p/$projectId/batches/$batchId" params={{ projectId, batchId: batch.id }}>
            {batch.name}
          </Link>
          <Due batch={batch} />
        </span>
      </td>
      <td>
        <BatchStateBadge batch={batch} />
      </td>
      <td>
        {batch.brought_in ? (
          <span className={css.dim}>{plural(counts.submitted, "answer")}</span>
        ) : isQuality(batch.kind) ? (
          <span className={css.dim}>{plural(counts.submitted, "answer")} compared</span>
        ) : (
          <div style={{ display: "flex", alignItems: "center", gap: 10 }}>
            <div style={{ flex: 1 }}>
              <ProgressBar batch={batch} />
            </div>
            <span className={`${css.dim} num`} style={{ width: 44, textAlign: "right" }}>
              {percent(counts.done, counts.members)}
            </span>
          </div>
        )}
      </td>
      <td className={css.right}>{count(counts.members)}</td>
      <td className={css.right}>{batch.priority}</td>
      <td className={css.dim}>{KINDS[batch.kind] ?? batch.kind}</td>
      <td className={css.dim}>
        <TimeAgo time={batch.created_at} />
        {batch.created_by !== null && (
          <span className={css.wideOnly}> by {batch.created_by.name}</span>
        )}
      </td>
    </tr>
  );
}
