/** /p/:id/uploads: every act of bringing assets in. Files dropped anywhere begin a new one. */
import { Badge, Button } from "@mantine/core";
import { IconBucket, IconPlus, IconUpload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { projectQuery } from "~/api/projects";
import type { Upload } from "~/api/types";
import { fetchUploads } from "~/api/uploads";
import { EmptyState, Page } from "~/components/Page";
import css from "~/components/page.module.css";
import { TimeAgo } from "~/components/TimeAgo";
import { DropZone } from "~/components/uploading/DropZone";
import { UploadsTabs } from "~/components/uploading/UploadsTabs";
import { CursorList } from "~/grid/CursorList";
import { CursorStore } from "~/grid/cursorStore";
import { useCursorRows } from "~/grid/useCursorRows";
import { bytes, count } from "~/lib/format";
import { handOver } from "~/lib/uploading/handOver";

/** How an upload came in. */
export const SOURCES: Record<string, string> = {
  browser: "From the browser",
  cli: "From the command line",
  api: "By the API",
};

export function UploadStateBadge({ upload }: { upload: Upload }) {
  if (upload.job?.state === "running") return <Badge color="blue">Taking in</Badge>;
  if (upload.state === "open") return <Badge color="blue">Open</Badge>;
  if (upload.state === "cancelled") return <Badge color="red">Cancelled</Badge>;
  return <Badge color="leaf">Finished</Badge>;
}

export function UploadsPage({ projectId }: { projectId: string }) {
  const navigate = useNavigate();
  const project = useQuery(projectQuery(projectId));
  const store = useMemo(
    () => new CursorStore<Upload>((cursor, signal) => fetchUploads(projectId, cursor, signal)),
    [projectId],
  );
  const list = useCursorRows(store, 5000);
  const toNew = () => void navigate({ to: "/p/$projectId/uploads/new", params: { projectId } });
  return (
    <Page
      title="Uploads"
      note={project.data?.name}
      width="full"
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconBucket size={15} />}
            component={Link}
            to={`/p/${projectId}/uploads/bucket`}
          >
            From a bucket
          </Button>
          <Button leftSection={<IconPlus size={15} />} onClick={toNew}>
            Upload
          </Button>
        </>
      }
    >
      <UploadsTabs projectId={projectId} />
      <div style={{ marginBottom: 16 }}>
        <DropZone
          everywhere
          compact
          onFiles={(files) => {
            handOver(files);
            toNew();
          }}
        >
          Drop files or a folder anywhere on this page.
        </DropZone>
      </div>
      <CursorList
        what="uploads"
        empty={
          <EmptyState icon={<IconUpload size={24} />} title="Nothing was uploaded yet">
            Images, texts, or a CSV or JSONL manifest with metadata. From a terminal:{" "}
            <code>sheaf import DIR --project &quot;{project.data?.name ?? "…"}&quot;</code>
          </EmptyState>
        }
        label="List of uploads"
        columns={8}
        list={list}
        store={store}
        head={
          <tr>
            <th>Name</th>
            <th style={{ width: 104 }}>State</th>
            <th className={css.right} style={{ width: 104 }}>
              Added
            </th>
            <th className={css.right} style={{ width: 92 }}>
              Updated
            </th>
            <th className={css.right} style={{ width: 100 }}>
              Duplicates
            </th>
            <th className={css.right} style={{ width: 90 }}>
              Refused
            </th>
            <th className={css.right} style={{ width: 90 }}>
              Size
            </th>
            <th style={{ width: "24%" }}>When</th>
          </tr>
        }
        renderRow={(upload) => <UploadRow key={upload.id} projectId={projectId} upload={upload} />}
      />
    </Page>
  );
}

function UploadRow({ projectId, upload }: { projectId: string; upload: Upload }) {
  const { counts } = upload;
  return (
    <tr>
      <td title={upload.name}>
        <Link to="/p/$projectId/uploads/$uploadId" params={{ projectId, uploadId: upload.id }}>
          {upload.name}
        </Link>
      </td>
      <td>
        <UploadStateBadge upload={upload} />
      </td>
      <td className={css.right}>{count(counts.added)}</td>
      <td className={css.right}>{count(counts.updated)}</td>
      <td className={css.right}>{count(counts.duplicates)}</td>
      <td
        className={css.right}
        style={counts.refused > 0 ? { color: "var(--sheaf-danger)" } : undefined}
      >
        {count(counts.refused)}
      </td>
      <td className={css.right}>{bytes(upload.bytes)}</td>
      <td className={css.dim} title={SOURCES[upload.source] ?? upload.source}>
        <TimeAgo time={upload.created_at} />
        {upload.created_by !== null && ` by ${upload.created_by.name}`}
      </td>
    </tr>
  );
}
