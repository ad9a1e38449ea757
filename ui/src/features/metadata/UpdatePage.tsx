/** /p/:id/uploads/metadata/:uid: one metadata update: how far it is, what came of it, what was refused and why. */
import { Badge } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { metadataUpdateQuery } from "~/api/metadata";
import type { MetadataUpdate } from "~/api/types";
import { libraryChanged } from "~/components/metadata/libraryChanged";
import { UpdateProgress } from "~/components/metadata/UpdateProgress";
import { UPDATE_SOURCES, UPDATE_STATES } from "~/components/metadata/words";
import { Failure, Page, Waiting } from "~/components/Page";
import css from "~/components/page.module.css";
import { TimeAgo } from "~/components/TimeAgo";
import { UpdatesCrumb } from "./UpdatesCrumb";

export function UpdatePage({ projectId, updateId }: { projectId: string; updateId: string }) {
  const query = useQuery(metadataUpdateQuery(projectId, updateId));
  const update = query.data;
  return (
    <Page
      title={update === undefined ? "Metadata update" : UPDATE_SOURCES[update.source]}
      crumbs={<UpdatesCrumb projectId={projectId} />}
      note={
        update === undefined ? undefined : (
          <Badge color={UPDATE_STATES[update.state].color}>
            {UPDATE_STATES[update.state].text}
          </Badge>
        )
      }
      width="narrow"
    >
      {query.isPending && <Waiting what="metadata update" />}
      {query.error !== null && update === undefined && (
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      )}
      {update !== undefined && <Body projectId={projectId} update={update} />}
    </Page>
  );
}

function Body({ projectId, update }: { projectId: string; update: MetadataUpdate }) {
  const client = useQueryClient();
  return (
    <>
      <p className={css.dim} style={{ margin: "0 0 14px" }}>
        Begun <TimeAgo time={update.created_at} />
        {update.created_by !== null && ` by ${update.created_by.name}`}
        {update.finished_at !== null && (
          <>
            , ended <TimeAgo time={update.finished_at} />
          </>
        )}
        {update.query !== null && (
          <>
            {". Found by "}
            <Link
              to="/p/$projectId/library"
              params={{ projectId }}
              search={update.query === "" ? {} : { q: update.query }}
              className={css.crumb}
            >
              <code>{update.query === "" ? "the whole library" : update.query}</code>
            </Link>
          </>
        )}
      </p>
      <UpdateProgress
        projectId={projectId}
        started={update}
        wholeReport
        onFinished={() => libraryChanged(client, projectId)}
      />
    </>
  );
}
