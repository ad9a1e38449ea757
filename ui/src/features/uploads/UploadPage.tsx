/** /p/:id/uploads/:uid: one upload: how far it is, what came of it, what was refused and why. */
import { Button } from "@mantine/core";
import {
  IconCircleCheck,
  IconDownload,
  IconPhoto,
  IconStack2,
  IconTags,
} from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Upload } from "~/api/types";
import {
  cancelUpload,
  finishUpload,
  reportCsvUrl,
  reportQuery,
  syncQuery,
  uploadQuery,
} from "~/api/uploads";
import { confirm } from "~/components/confirm";
import { notifyError } from "~/components/notify";
import { EmptyState, Failure, Page, Section, Stat, Stats, Waiting } from "~/components/Page";
import { MoreRows } from "~/components/MoreRows";
import css from "~/components/page.module.css";
import { TimeAgo } from "~/components/TimeAgo";
import { DropZone } from "~/components/uploading/DropZone";
import { uploads } from "~/components/uploading/manager";
import { UploadControls, UploadMeter } from "~/components/uploading/UploadProgress";
import { useActiveUploads, useProgress } from "~/components/uploading/useUploads";
import { bytes, count, percent } from "~/lib/format";
import { quote } from "~/lib/queryText";
import { SyncPart } from "./SyncPart";
import own from "./uploads.module.css";
import { SOURCES, UploadStateBadge } from "./UploadsPage";

export function UploadPage({ projectId, uploadId }: { projectId: string; uploadId: string }) {
  const active = useActiveUploads().find((entry) => entry.id === uploadId);
  const query = useQuery({
    ...uploadQuery(projectId, uploadId),
    refetchInterval: ({ state }) =>
      state.data?.state === "open" || state.data?.job?.state === "running" ? 1500 : false,
  });
  const sync = useQuery({
    ...syncQuery(projectId, uploadId),
    refetchInterval: ({ state }) => (state.data?.state === "running" ? 1000 : false),
  });
  // The counts of the upload move until the last file of it is in.
  const fromBucket = sync.data ?? null;
  const syncState = fromBucket?.state;
  const { refetch } = query;
  useEffect(() => {
    if (syncState !== undefined && syncState !== "running") void refetch();
  }, [syncState, refetch]);
  const upload = query.data;
  return (
    <Page
      title={upload?.name ?? "Upload"}
      crumbs={
        <Link to="/p/$projectId/uploads" params={{ projectId }} className={css.crumb}>
          Uploads /
        </Link>
      }
      note={upload === undefined ? undefined : <UploadStateBadge upload={upload} />}
      actions={
        upload !== undefined && (
          <>
            <Button
              variant="default"
              leftSection={<IconPhoto size={15} />}
              component={Link}
              to={`/p/${projectId}/library?q=${encodeURIComponent(`upload:${quote(upload.name)}`)}`}
            >
              In the library
            </Button>
            <Button
              variant="default"
              leftSection={<IconTags size={15} />}
              component={Link}
              to={`/p/${projectId}/uploads/${uploadId}/annotations`}
            >
              Add annotations
            </Button>
            {upload.batch_id !== null && (
              <Button
                leftSection={<IconStack2 size={15} />}
                component={Link}
                to={`/p/${projectId}/batches/${upload.batch_id}`}
              >
                To the batch
              </Button>
            )}
          </>
        )
      }
    >
      {query.isPending && <Waiting what="upload" />}
      {sync.error !== null && query.error === null && (
        <Failure error={sync.error} onRetry={() => void sync.refetch()} />
      )}
      {query.error !== null && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {upload !== undefined && (
        <>
          {active !== undefined && !active.finished && <ActivePart uploadId={uploadId} />}
          {upload.job !== null && upload.job.state !== "done" && <JobPart upload={upload} />}
          {fromBucket !== null && (
            <SyncPart projectId={projectId} upload={upload} sync={fromBucket} />
          )}
          {upload.state === "open" &&
            sync.data === null &&
            upload.job?.state !== "running" &&
            (active === undefined || active.engine === null) && (
              <OpenPart projectId={projectId} upload={upload} />
            )}
          <Stats>
            <Stat label="Received" value={count(upload.counts.received)} />
            <Stat label="Added" value={count(upload.counts.added)} hint="new assets" />
            <Stat label="Updated" value={count(upload.counts.updated)} hint="known reference ids" />
            <Stat
              label="Duplicates"
              value={count(upload.counts.duplicates)}
              hint="added only once"
            />
            <Stat
              label="Refused"
              value={count(upload.counts.refused)}
              {...(upload.counts.refused > 0 ? { hint: "see the report" } : {})}
            />
            <Stat label="Size" value={bytes(upload.bytes)} />
          </Stats>
          <p className={css.dim}>
            {fromBucket !== null ? "From a bucket" : (SOURCES[upload.source] ?? upload.source)},{" "}
            <TimeAgo time={upload.created_at} />
            {upload.created_by !== null && ` by ${upload.created_by.name}`}
            {upload.finished_at !== null && (
              <>
                , {upload.state === "cancelled" ? "cancelled" : "finished"}{" "}
                <TimeAgo time={upload.finished_at} />
              </>
            )}
          </p>
          <Report projectId={projectId} upload={upload} />
        </>
      )}
    </Page>
  );
}

function ActivePart({ uploadId }: { uploadId: string }) {
  const entry = useActiveUploads().find((other) => other.id === uploadId);
  const progress = useProgress(entry);
  if (entry === undefined || entry.engine === null) return null;
  return (
    <Section title="On its way">
      <div className={own.meterHead}>
        <div>
          <UploadMeter entry={entry} />
        </div>
        <UploadControls entry={entry} />
      </div>
      {progress !== null && progress.moving.length > 0 && (
        <ul className={own.moving} aria-label="Files on their way">
          {progress.moving.map((file) => (
            <li key={file.path}>
              <span>{file.path}</span>
              <span>
                {percent(file.sent, file.size)} of {bytes(file.size)}
              </span>
            </li>
          ))}
        </ul>
      )}
      {progress !== null && progress.failed.length > 0 && (
        <ul className={own.moving} aria-label="Files that could not be sent">
          {progress.failed.slice(0, 50).map((file) => (
            <li key={file.path}>
              <span>{file.path}</span>
              <span style={{ color: "var(--sheaf-danger)" }}>{file.message}</span>
            </li>
          ))}
        </ul>
      )}
      {!entry.keptFiles && progress?.phase === "running" && (
        <div className={own.hint} style={{ marginTop: 8 }}>
          Too much to keep in the browser: if you reload this page, drop the same files again and it
          goes on where it stopped.
        </div>
      )}
    </Section>
  );
}

function JobPart({ upload }: { upload: Upload }) {
  const { job } = upload;
  if (job === null) return null;
  const part = job.total === null || job.total === 0 ? null : job.done / job.total;
  return (
    <Section title={job.state === "running" ? "Taking in the manifest" : "The manifest"}>
      {job.state === "failed" ? (
        <Failure error={new Error(job.message ?? "the manifest was not taken in")} />
      ) : (
        <>
          <div
            className={css.bar}
            role="progressbar"
            aria-label="Rows taken in"
            aria-valuenow={job.done}
          >
            <span
              style={{
                width: `${(part ?? 0.1) * 100}%`,
                background: "var(--sheaf-bar-strong)",
              }}
            />
          </div>
          <div className={own.hint} style={{ marginTop: 6 }} role="status">
            {count(job.done)}
            {job.total !== null && ` of ${count(job.total)}`} rows {job.message ?? ""}
          </div>
        </>
      )}
    </Section>
  );
}

/** Open on the server, but this browser has no files for it. */
function OpenPart({ projectId, upload }: { projectId: string; upload: Upload }) {
  const client = useQueryClient();
  const refresh = () => {
    void client.invalidateQueries({ queryKey: ["upload", projectId, upload.id] });
    void client.invalidateQueries({ queryKey: ["uploads", projectId] });
  };
  const finish = useMutation({
    mutationFn: () => finishUpload(projectId, upload.id),
    onSuccess: refresh,
    onError: (error) => notifyError(error, "The upload was not finished"),
  });
  const cancel = useMutation({
    mutationFn: () => cancelUpload(projectId, upload.id),
    onSuccess: () => {
      uploads.dismiss(upload.id);
      refresh();
    },
    onError: (error) => notifyError(error, "The upload was not cancelled"),
  });
  const handleCancel = async () => {
    const yes = await confirm({
      title: `Cancel the upload “${upload.name}”?`,
      text: "What has arrived stays in the library. Nothing more can be sent into it.",
      yes: "Cancel the upload",
      danger: true,
    });
    if (yes) cancel.mutate();
  };
  return (
    <Section
      title="Interrupted"
      actions={
        <>
          <Button variant="default" loading={finish.isPending} onClick={() => finish.mutate()}>
            Finish with what is there
          </Button>
          <Button variant="subtle" color="red" onClick={() => void handleCancel()}>
            Cancel
          </Button>
        </>
      }
    >
      <DropZone
        everywhere
        compact
        onFiles={(files) => {
          uploads
            .start(upload, projectId, files, uploads.find(upload.id)?.launch ?? false)
            .catch((error: unknown) => notifyError(error));
        }}
      >
        This upload is still open. Drop the same files or folder again to go on: what the server has
        is skipped.
      </DropZone>
    </Section>
  );
}

function Report({ projectId, upload }: { projectId: string; upload: Upload }) {
  const query = useInfiniteQuery({
    ...reportQuery(projectId, upload.id),
    enabled: upload.counts.refused > 0,
    refetchInterval: upload.state === "open" ? 5000 : false,
  });
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (upload.counts.refused === 0) {
    return upload.state === "finished" ? (
      <EmptyState icon={<IconCircleCheck size={24} />} title="Nothing was refused">
        Every file and row of this upload is in the library.
      </EmptyState>
    ) : null;
  }
  return (
    <Section
      title={`Refused: ${count(upload.counts.refused)}`}
      flush
      actions={
        <Button
          component="a"
          href={reportCsvUrl(projectId, upload.id)}
          download
          variant="default"
          leftSection={<IconDownload size={15} />}
        >
          CSV
        </Button>
      }
    >
      {query.error !== null && <Failure error={query.error} />}
      <table className={css.table}>
        <thead>
          <tr>
            <th>Where</th>
            <th>What is wrong</th>
            <th>What to do</th>
            <th>Code</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              <td className={css.mono}>
                {[row.path, row.row === null ? null : `row ${count(row.row)}`]
                  .filter(Boolean)
                  .join(", ")}
              </td>
              <td>{row.message}</td>
              <td className={css.dim}>{row.hint}</td>
              <td className={css.mono}>{row.code}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {query.hasNextPage && <MoreRows query={query} />}
    </Section>
  );
}
