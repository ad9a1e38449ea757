/** /p/:id/uploads/prelabels: the models and tools that say something of assets. A dropped file brings in more. */
import { Button } from "@mantine/core";
import { IconSparkles, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { deletePrelabels, prelabelSourcesQuery } from "~/api/prelabels";
import { projectQuery } from "~/api/projects";
import { PrelabelsBatchLink } from "~/components/batch/PrelabelsBatchLink";
import { confirm } from "~/components/confirm";
import { notifyDone, notifyError } from "~/components/notify";
import { EmptyState, Failure, Page, Section, Waiting } from "~/components/Page";
import css from "~/components/page.module.css";
import { TimeAgo } from "~/components/TimeAgo";
import { FileForNext } from "~/components/uploading/OneFile";
import { UploadsTabs } from "~/components/uploading/UploadsTabs";
import { count, plural } from "~/lib/format";

type Source = { source: string; n_assets: number; written_at: string };

export function PrelabelsPage({ projectId }: { projectId: string }) {
  const navigate = useNavigate();
  const project = useQuery(projectQuery(projectId));
  const sources = useQuery(prelabelSourcesQuery(projectId));
  const items = sources.data?.items ?? [];
  const toNew = () =>
    void navigate({ to: "/p/$projectId/uploads/prelabels/new", params: { projectId } });
  return (
    <Page
      title="Pre-labels"
      note={project.data?.name}
      width="full"
      actions={
        <Button leftSection={<IconSparkles size={15} />} onClick={toNew}>
          Bring in pre-labels
        </Button>
      }
    >
      <UploadsTabs projectId={projectId} />
      <FileForNext onGiven={toNew}>
        Drop a JSONL file of pre-labels anywhere on this page.
      </FileForNext>
      {sources.isPending && <Waiting what="pre-labels" />}
      {sources.error !== null && (
        <Failure error={sources.error} onRetry={() => void sources.refetch()} />
      )}
      {sources.data !== undefined && items.length === 0 && (
        <EmptyState icon={<IconSparkles size={24} />} title="No model has said anything yet">
          What a model or another tool says of assets before people label them. Annotators of a
          batch that shows it begin with it, and correct what is wrong.
        </EmptyState>
      )}
      {items.length > 0 && (
        <Section label="Sources of pre-labels" flush>
          <table className={css.table}>
            <thead>
              <tr>
                <th>Source</th>
                <th className={css.right} style={{ width: 140 }}>
                  Assets
                </th>
                <th style={{ width: 180 }}>Last written</th>
                <th style={{ width: 290 }} aria-label="What can be done" />
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <SourceRow key={item.source} projectId={projectId} item={item} />
              ))}
            </tbody>
          </table>
        </Section>
      )}
    </Page>
  );
}

function SourceRow({ projectId, item }: { projectId: string; item: Source }) {
  const client = useQueryClient();
  const { source, n_assets, written_at } = item;
  const remove = useMutation({
    mutationFn: () => deletePrelabels(projectId, source),
    onSuccess: ({ deleted }) => notifyDone(`${plural(deleted, "pre-label")} of ${source} removed`),
    onError: (error) => notifyError(error, "They were not removed"),
    onSettled: () => client.invalidateQueries({ queryKey: ["prelabel-sources", projectId] }),
  });
  const handleRemove = async () => {
    const yes = await confirm({
      title: `Remove what “${source}” says?`,
      text: `Its pre-labels of ${plural(n_assets, "asset")} go. Answers that began with them stay as they are, and batches that show it show none.`,
      yes: "Remove",
      danger: true,
    });
    if (yes) remove.mutate();
  };
  return (
    <tr>
      <td title={source}>{source}</td>
      <td className={css.right}>{count(n_assets)}</td>
      <td className={css.dim}>
        <TimeAgo time={written_at} />
      </td>
      <td className={css.right}>
        <PrelabelsBatchLink
          projectId={projectId}
          source={source}
          label={`Make a batch that shows ${source}`}
          size="compact-sm"
          variant="subtle"
        >
          Make a batch
        </PrelabelsBatchLink>
        <Button
          size="compact-sm"
          variant="subtle"
          color="red"
          leftSection={<IconTrash size={14} />}
          loading={remove.isPending}
          onClick={() => void handleRemove()}
          aria-label={`Remove ${source}`}
        >
          Remove
        </Button>
      </td>
    </tr>
  );
}
