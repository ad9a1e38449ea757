/** Of a gold or training batch: which answers are known, how people did on them, and the ways to give them. */
import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconChevronDown, IconPencil } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { taxonomyQuery } from "~/api/projects";
import { knownAnswersQuery } from "~/api/quality";
import type { Batch, KnownAnswer, KnownAnswers, Taxonomy } from "~/api/types";
import { answerWords } from "~/canvas/taxonomy/answerWords";
import { AssetThumb } from "~/components/asset/AssetThumb";
import { MoreRows } from "~/components/MoreRows";
import { Failure, Section, Waiting } from "~/components/Page";
import css from "~/components/page.module.css";
import { count, plural, scoreWords } from "~/lib/format";
import own from "./known.module.css";
import { NoteDialog } from "./NoteDialog";
import { TakeDialog } from "./TakeDialog";
import { UploadDialog } from "./UploadDialog";

const NO_TAXONOMY: Taxonomy = { labels: [], fields: [] };

const deskPath = (projectId: string, batch: Batch, assetId?: string): string =>
  `/p/${projectId}/batches/${batch.id}/known${assetId === undefined ? "" : `?asset=${encodeURIComponent(assetId)}`}`;

export function KnownSection({ projectId, batch }: { projectId: string; batch: Batch }) {
  const known = useInfiniteQuery(knownAnswersQuery(projectId, batch.id));
  const taxonomy = useQuery(taxonomyQuery(projectId)).data?.taxonomy ?? NO_TAXONOMY;
  const [dialog, setDialog] = useState<"none" | "take" | "upload">("none");
  const [noted, setNoted] = useState<KnownAnswer | null>(null);
  const items = known.data?.pages.flatMap((page) => page.items) ?? [];
  const first = known.data?.pages[0];
  return (
    <Section
      title="Known answers"
      flush
      actions={
        <>
          {first !== undefined && (
            <span className={css.dim}>
              {count(first.total)} of {count(first.total + first.missing)} known
            </span>
          )}
          <Button
            variant={first !== undefined && first.missing > 0 ? "filled" : "default"}
            size="compact-sm"
            leftSection={<IconPencil size={14} />}
            component={Link}
            to={deskPath(projectId, batch)}
          >
            {first !== undefined && first.missing === 0 ? "Go through them" : "Write answers"}
          </Button>
          <Menu position="bottom-end" width={260}>
            <Menu.Target>
              <Button
                variant="default"
                size="compact-sm"
                rightSection={<IconChevronDown size={14} />}
              >
                Import answers
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => setDialog("take")}>
                Take the answers of another batch…
              </Menu.Item>
              <Menu.Item onClick={() => setDialog("upload")}>Upload answers…</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </>
      }
    >
      {known.isPending && <Waiting what="known answers" />}
      {known.error !== null && <Failure error={known.error} onRetry={() => void known.refetch()} />}
      {first !== undefined && first.missing > 0 && <Missing first={first} />}
      {items.length > 0 && (
        <table className={`${css.table} ${css.fixed}`}>
          <thead>
            <tr>
              <th style={{ width: "28%" }}>Asset</th>
              <th>Known answer</th>
              <th>Note</th>
              <th className={css.right} style={{ width: 80 }}>
                People
              </th>
              <th className={css.right} style={{ width: 104 }}>
                Mean score
              </th>
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <KnownRow
                key={item.asset.id}
                item={item}
                path={deskPath(projectId, batch, item.asset.id)}
                taxonomy={taxonomy}
                onNote={() => setNoted(item)}
              />
            ))}
          </tbody>
        </table>
      )}
      {known.hasNextPage && <MoreRows query={known} />}
      {dialog === "take" && (
        <TakeDialog projectId={projectId} batch={batch} onClose={() => setDialog("none")} />
      )}
      {dialog === "upload" && (
        <UploadDialog projectId={projectId} batch={batch} onClose={() => setDialog("none")} />
      )}
      {noted !== null && (
        <NoteDialog
          projectId={projectId}
          batch={batch}
          known={noted}
          onClose={() => setNoted(null)}
        />
      )}
    </Section>
  );
}

/** How what has no answer yet gets one. */
function Missing({ first }: { first: KnownAnswers }) {
  return (
    <p className={own.missing}>
      {first.total === 0
        ? "No answer is known yet."
        : `${plural(first.missing, "task has", "tasks have")} no known answer yet.`}{" "}
      Write them on the canvas, take those of a batch that is labelled, or upload a file.
    </p>
  );
}

function KnownRow({
  item,
  path,
  taxonomy,
  onNote,
}: {
  item: KnownAnswer;
  /** Where its answer is written. */
  path: string;
  taxonomy: Taxonomy;
  onNote: () => void;
}) {
  const { asset, note } = item;
  return (
    <tr>
      <td title={asset.name}>
        <span className={own.asset}>
          <span className={own.thumb}>
            <AssetThumb asset={asset} />
          </span>
          <Link to={path} className={own.name}>
            {asset.name}
          </Link>
        </span>
      </td>
      <td className={own.words}>{answerWords(item.response, taxonomy)}</td>
      <td className={own.words}>
        <span className={own.note}>
          <span className={note === "" ? css.dim : undefined}>
            {note === "" ? "No note" : note}
          </span>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Edit the note of ${asset.name}`}
            title="Edit the note"
            onClick={onNote}
          >
            <IconPencil size={14} />
          </ActionIcon>
        </span>
      </td>
      <td className={css.right}>{count(item.n_people)}</td>
      <td className={css.right}>{item.mean_score === null ? "–" : scoreWords(item.mean_score)}</td>
    </tr>
  );
}
