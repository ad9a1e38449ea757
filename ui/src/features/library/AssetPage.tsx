/** /p/:id/assets/:aid: one asset, its content large. */
import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { assetQuery } from "~/api/library";
import { projectQuery, taxonomyQuery } from "~/api/projects";
import type { User } from "~/api/types";
import { AssetView } from "~/components/asset/AssetView";
import pageCss from "~/components/page.module.css";
import { Failure, Page, Waiting } from "~/components/Page";
import { day, prelabelText } from "~/lib/format";
import { isManager } from "~/lib/roles";
import { AssetFacts } from "./AssetFacts";
import css from "./library.module.css";

/** Before a source, where answers go by their ids. */
const OF_SOURCE = "prelabel:";

export function AssetPage({
  projectId,
  assetId,
  user,
}: {
  projectId: string;
  assetId: string;
  user: User;
}) {
  const query = useQuery(assetQuery(projectId, assetId));
  const project = useQuery(projectQuery(projectId));
  const navigate = useNavigate();
  const [shown, setShown] = useState<string | null>(null);
  const taxonomy = useQuery(taxonomyQuery(projectId)).data?.taxonomy ?? null;
  const asset = query.data;
  const answers = asset?.answers ?? [];
  const prelabels = asset?.prelabels ?? [];
  const prelabel = prelabels.find(({ source }) => shown === OF_SOURCE + source);
  const answer = answers.find((entry) => entry.submission_id === shown) ?? answers[0];
  const response =
    shown === "none" ? null : (prelabel?.response ?? answer?.response ?? prelabels[0]?.response);
  const value =
    shown === "none" || response === undefined
      ? "none"
      : response === answer?.response
        ? answer.submission_id
        : OF_SOURCE + (prelabel ?? prelabels[0])?.source;
  return (
    <Page
      title={asset?.name ?? "Asset"}
      flush
      crumbs={
        <Link to="/p/$projectId/library" params={{ projectId }} className={pageCss.crumb}>
          Library /
        </Link>
      }
      actions={
        answers.length + prelabels.length > 0 && (
          <Select
            aria-label="Answer shown"
            value={value}
            onChange={setShown}
            allowDeselect={false}
            w={230}
            data={[
              { value: "none", label: "No answer shown" },
              ...answers.map((entry) => ({
                value: entry.submission_id,
                label: `${entry.annotator?.name ?? "Somebody"}, ${day(entry.at)}`,
              })),
              ...prelabels.map((entry) => ({
                value: OF_SOURCE + entry.source,
                label: prelabelText(entry),
              })),
            ]}
          />
        )
      }
    >
      {query.isPending && <Waiting what="asset" />}
      {query.error !== null && (
        <div style={{ padding: 20 }}>
          <Failure error={query.error} onRetry={() => void query.refetch()} />
        </div>
      )}
      {asset !== undefined && (
        <div className={css.assetPage}>
          <div className={css.assetStage}>
            <AssetView asset={asset} response={response ?? null} taxonomy={taxonomy} />
          </div>
          <aside className={css.assetSide} aria-label="About the asset">
            <AssetFacts
              projectId={projectId}
              asset={asset}
              canEdit={project.data !== undefined && isManager(user, project.data)}
              onTerm={(q) =>
                void navigate({ to: "/p/$projectId/library", params: { projectId }, search: { q } })
              }
            />
          </aside>
        </div>
      )}
    </Page>
  );
}
