/** /p/:id/uploads/metadata: every change of the metadata of many assets, running and ended. A dropped file begins one. */
import { Badge, Button, Progress } from "@mantine/core";
import { IconFileImport, IconTableImport } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { fetchMetadataUpdates } from "~/api/metadata";
import { projectQuery } from "~/api/projects";
import type { MetadataUpdate } from "~/api/types";
import { barColor, UPDATE_SOURCES, UPDATE_STATES, updatePart } from "~/components/metadata/words";
import { EmptyState, Page } from "~/components/Page";
import css from "~/components/page.module.css";
import { TimeAgo } from "~/components/TimeAgo";
import { FileForNext } from "~/components/uploading/OneFile";
import { UploadsTabs } from "~/components/uploading/UploadsTabs";
import { CursorList } from "~/grid/CursorList";
import { CursorStore } from "~/grid/cursorStore";
import { useCursorRows } from "~/grid/useCursorRows";
import { count } from "~/lib/format";

export function UpdatesPage({ projectId }: { projectId: string }) {
  const navigate = useNavigate();
  const project = useQuery(projectQuery(projectId));
  const store = useMemo(
    () =>
      new CursorStore<MetadataUpdate>((cursor, signal) =>
        fetchMetadataUpdates(projectId, { cursor, limit: 100 }, signal),
      ),
    [projectId],
  );
  const busy = store.snapshot().rows.some(({ state }) => state === "running");
  const list = useCursorRows(store, busy ? 1000 : 8000);
  const toNew = () =>
    void navigate({ to: "/p/$projectId/uploads/metadata/new", params: { projectId } });
  return (
    <Page
      title="Metadata updates"
      note={project.data?.name}
      width="full"
      actions={
        <Button leftSection={<IconTableImport size={15} />} onClick={toNew}>
          Update from a file
        </Button>
      }
    >
      <UploadsTabs projectId={projectId} />
      <FileForNext onGiven={toNew}>
        Drop a CSV or JSONL file with new metadata anywhere on this page.
      </FileForNext>
      <CursorList
        what="metadata updates"
        empty={
          <EmptyState icon={<IconFileImport size={24} />} title="No metadata was updated yet">
            Scores, predictions or corrections for assets that are here already come in as a file
            with a row for each asset, or from the library: select assets there and press{" "}
            <kbd>E</kbd>.
          </EmptyState>
        }
        label="List of metadata updates"
        columns={7}
        list={list}
        store={store}
        head={
          <tr>
            <th>What</th>
            <th style={{ width: 110 }}>State</th>
            <th style={{ width: "16%" }}>Progress</th>
            <th className={css.right} style={{ width: 104 }}>
              Changed
            </th>
            <th className={css.right} style={{ width: 104 }}>
              As they were
            </th>
            <th className={css.right} style={{ width: 90 }}>
              Refused
            </th>
            <th style={{ width: "21%" }}>When</th>
          </tr>
        }
        renderRow={(update) => <UpdateRow key={update.id} projectId={projectId} update={update} />}
      />
    </Page>
  );
}

function UpdateRow({ projectId, update }: { projectId: string; update: MetadataUpdate }) {
  const { text, color } = UPDATE_STATES[update.state];
  const part = updatePart(update);
  return (
    <tr>
      <td>
        <Link
          to="/p/$projectId/uploads/metadata/$updateId"
          params={{ projectId, updateId: update.id }}
        >
          {UPDATE_SOURCES[update.source]}
        </Link>{" "}
        {update.query !== null && (
          <code className={css.dim} title={update.query}>
            {update.query === "" ? "the whole library" : update.query}
          </code>
        )}
      </td>
      <td>
        <Badge color={color}>{text}</Badge>
      </td>
      <td>
        <Progress
          value={(part ?? 0) * 100}
          animated={update.state === "running"}
          color={barColor(update)}
          aria-label={`${count(update.done)} done`}
        />
      </td>
      <td className={css.right}>{count(update.updated)}</td>
      <td className={css.right}>{count(update.unchanged)}</td>
      <td
        className={css.right}
        style={update.refused > 0 ? { color: "var(--sheaf-danger)" } : undefined}
      >
        {count(update.refused)}
      </td>
      <td className={css.dim}>
        <TimeAgo time={update.created_at} />
        {update.created_by !== null && ` by ${update.created_by.name}`}
      </td>
    </tr>
  );
}
