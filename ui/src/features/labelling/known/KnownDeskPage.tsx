/** /p/:id/batches/:bid/known: known answers of a gold or training batch, written on the canvas, one asset after the other. */
import { Button, Loader } from "@mantine/core";
import { IconListCheck } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, type ReactNode } from "react";
import { batchQuery } from "~/api/batches";
import { projectQuery, taxonomyQuery } from "~/api/projects";
import { knownAnswersQuery } from "~/api/quality";
import type { Batch, ProjectDetail, Taxonomy } from "~/api/types";
import { isQuality } from "~/components/batch/kinds";
import { EmptyState, Failure } from "~/components/Page";
import { count } from "~/lib/format";
import css from "../labelling.module.css";
import { KnownTask } from "./KnownTask";
import { useDrafts } from "./useDrafts";
import { useKnownWalk } from "./useKnownWalk";

export type KnownSearch = { asset?: string };

export function KnownDeskPage({
  projectId,
  batchId,
  search,
}: {
  projectId: string;
  batchId: string;
  search: KnownSearch;
}) {
  const project = useQuery(projectQuery(projectId));
  const batch = useQuery(batchQuery(projectId, batchId));
  const taxonomy = useQuery({ ...taxonomyQuery(projectId), staleTime: Infinity });
  const error = project.error ?? batch.error ?? taxonomy.error;
  useEffect(() => {
    document.title = "Known answers · Sheaf";
  }, []);
  if (error !== null) {
    return (
      <Middle>
        <Failure error={error} />
      </Middle>
    );
  }
  if (!project.data || !batch.data || !taxonomy.data) return <Waiting />;
  if (!isQuality(batch.data.kind) || taxonomy.data.taxonomy === null) {
    return (
      <Middle>
        <EmptyState icon={<IconListCheck size={24} />} title="No known answers here">
          Only gold and training batches have them, of a project with a taxonomy.
        </EmptyState>
      </Middle>
    );
  }
  return (
    <Desk
      project={project.data}
      batch={batch.data}
      taxonomy={taxonomy.data.taxonomy}
      assetId={search.asset}
    />
  );
}

function Desk({
  project,
  batch,
  taxonomy,
  assetId,
}: {
  project: ProjectDetail;
  batch: Batch;
  taxonomy: Taxonomy;
  assetId: string | undefined;
}) {
  const walk = useKnownWalk(project.id, batch, assetId);
  const drafts = useDrafts();
  const known = useInfiniteQuery(knownAnswersQuery(project.id, batch.id)).data?.pages[0];
  const { entry, at, total } = walk;
  return (
    <div className={css.page}>
      <header className={css.top}>
        <h1 className={css.project}>Known answers</h1>
        <Link
          to="/p/$projectId/batches/$batchId"
          params={{ projectId: project.id, batchId: batch.id }}
          className={css.crumb}
        >
          {batch.name}
        </Link>
        {entry !== undefined && (
          <span className={css.asset} title={entry.asset.name}>
            {entry.asset.name}
          </span>
        )}
        <span className={css.space} />
        {drafts.unsaved > 0 && (
          <span className={css.sync} data-tone="warn">
            {count(drafts.unsaved)} not saved
          </span>
        )}
        {at !== null && (
          <span className={css.open}>
            {count(at + 1)} of {count(total)}
          </span>
        )}
        {known !== undefined && (
          <span className={css.today}>
            <strong>{count(known.total)}</strong> known
          </span>
        )}
      </header>
      {walk.query.error !== null && entry === undefined ? (
        <Middle>
          <Failure error={walk.query.error} onRetry={() => void walk.query.refetch()} />
        </Middle>
      ) : walk.query.data !== undefined && total === 0 ? (
        <Middle>
          <EmptyState
            icon={<IconListCheck size={24} />}
            title="The batch has no assets"
            actions={
              <Button
                component={Link}
                to={`/p/${project.id}/batches/new?into=${encodeURIComponent(batch.id)}`}
              >
                Add assets
              </Button>
            }
          >
            Add some, then write their answers here.
          </EmptyState>
        </Middle>
      ) : entry === undefined ? (
        <Waiting />
      ) : (
        <KnownTask
          key={entry.asset.id}
          project={project}
          batch={batch}
          taxonomy={taxonomy}
          entry={entry}
          walk={walk}
          drafts={drafts}
        />
      )}
    </div>
  );
}

function Middle({ children }: { children: ReactNode }) {
  return <div className={css.middle}>{children}</div>;
}

function Waiting() {
  return (
    <Middle>
      <span className={css.waiting} role="status">
        <Loader /> Getting the assets…
      </span>
    </Middle>
  );
}
