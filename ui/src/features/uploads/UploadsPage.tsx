/** /p/:id/uploads: every act of bringing assets in. Files dropped anywhere begin a new one. */
import { Badge, Button } from "@mantine/core";
import { IconPlus, IconUpload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { projectQuery } from "~/api/projects";
import type { Upload } from "~/api/types";
import { uploadsQuery } from "~/api/uploads";
import { EmptyState, Failure, Page, Section, Waiting } from "~/components/Page";
import css from "~/components/page.module.css";
import { TimeAgo } from "~/components/TimeAgo";
import { DropZone } from "~/components/uploading/DropZone";
import { bytes, count } from "~/lib/format";
import { handOver } from "./handOver";

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
  const query = useQuery({ ...uploadsQuery(projectId), refetchInterval: 10_000 });
  const items = query.data?.items ?? [];
  const toNew = () => void navigate({ to: "/p/$projectId/uploads/new", params: { projectId } });
  return (
    <Page
      title="Uploads"
      note={project.data?.name}
      width="full"
      actions={
        <Button leftSection={<IconPlus size={15} />} onClick={toNew}>
          Upload
        </Button>
      }
    >
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
      {query.isPending && <Waiting what="uploads" />}
      {query.error !== null && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && items.length === 0 && (
        <EmptyState icon={<IconUpload size={24} />} title="Nothing was uploaded yet">
          Images, texts, or a CSV or JSONL manifest with metadata. From a terminal:{" "}
          <code>sheaf import DIR --project &quot;{project.data?.name ?? "…"}&quot;</code>
        </EmptyState>
      )}
      {items.length > 0 && (
        <Section title="Uploads" flush>
          <table className={css.table}>
            <thead>
              <tr>
                <th>Name</th>
                <th>State</th>
                <th className={css.right}>Added</th>
                <th className={css.right}>Updated</th>
                <th className={css.right}>Duplicates</th>
                <th className={css.right}>Refused</th>
                <th className={css.right}>Size</th>
                <th>How</th>
                <th>When</th>
              </tr>
            </thead>
            <tbody>
              {items.map((upload) => (
                <tr key={upload.id}>
                  <td>
                    <Link
                      to="/p/$projectId/uploads/$uploadId"
                      params={{ projectId, uploadId: upload.id }}
                    >
                      {upload.name}
                    </Link>
                  </td>
                  <td>
                    <UploadStateBadge upload={upload} />
                  </td>
                  <td className={css.right}>{count(upload.counts.added)}</td>
                  <td className={css.right}>{count(upload.counts.updated)}</td>
                  <td className={css.right}>{count(upload.counts.duplicates)}</td>
                  <td
                    className={css.right}
                    style={upload.counts.refused > 0 ? { color: "var(--sheaf-danger)" } : undefined}
                  >
                    {count(upload.counts.refused)}
                  </td>
                  <td className={css.right}>{bytes(upload.bytes)}</td>
                  <td className={css.dim}>{SOURCES[upload.source] ?? upload.source}</td>
                  <td className={css.dim}>
                    <TimeAgo time={upload.created_at} />
                    {upload.created_by !== null && ` by ${upload.created_by.name}`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Section>
      )}
    </Page>
  );
}
