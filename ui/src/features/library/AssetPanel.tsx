/** The asset at the side of the library. */
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconArrowsMaximize, IconChevronLeft, IconChevronRight, IconX } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { assetQuery } from "~/api/library";
import { taxonomyQuery } from "~/api/projects";
import { AssetView } from "~/components/asset/AssetView";
import { Failure, Waiting } from "~/components/Page";
import { AssetFacts } from "./AssetFacts";
import css from "./library.module.css";

export function AssetPanel({
  projectId,
  assetId,
  canEdit,
  onClose,
  onStep,
  onTerm,
  onChanged,
}: {
  projectId: string;
  assetId: string;
  canEdit: boolean;
  onClose: () => void;
  onStep: (by: number) => void;
  onTerm: (term: string) => void;
  onChanged: () => void;
}) {
  const query = useQuery({ ...assetQuery(projectId, assetId), placeholderData: keepPreviousData });
  const taxonomy = useQuery(taxonomyQuery(projectId)).data?.taxonomy ?? null;
  const asset = query.data;
  return (
    <aside className={css.panel} aria-label="Asset">
      <div className={css.panelHead}>
        <h2 title={asset?.name}>{asset?.name ?? "Asset"}</h2>
        <Tooltip label="The one before">
          <ActionIcon aria-label="The asset before" onClick={() => onStep(-1)}>
            <IconChevronLeft size={16} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="The next one">
          <ActionIcon aria-label="The next asset" onClick={() => onStep(1)}>
            <IconChevronRight size={16} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Its own page">
          <ActionIcon
            component={Link}
            to={`/p/${projectId}/assets/${assetId}`}
            aria-label="Open the asset's own page"
          >
            <IconArrowsMaximize size={15} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Close">
          <ActionIcon aria-label="Close the asset" onClick={onClose}>
            <IconX size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={css.panelBody}>
        {query.isPending && <Waiting what="asset" />}
        {query.error !== null && <Failure error={query.error} />}
        {asset !== undefined && (
          <>
            <div className={css.panelStage}>
              <AssetView
                small
                asset={asset}
                response={asset.answers[0]?.response ?? asset.prelabels[0]?.response ?? null}
                taxonomy={taxonomy}
              />
            </div>
            <AssetFacts
              projectId={projectId}
              asset={asset}
              canEdit={canEdit}
              onTerm={onTerm}
              onChanged={onChanged}
            />
          </>
        )}
      </div>
    </aside>
  );
}
