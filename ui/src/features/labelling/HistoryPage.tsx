/** What a person handed in, newest first. */
import { Button } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { taxonomyQuery } from "~/api/projects";
import { historyQuery } from "~/api/queue";
import type { HistoryEntry, Taxonomy } from "~/api/types";
import { answerWords, knowing } from "~/canvas/taxonomy/answerWords";
import { EmptyState, Failure, Page, Waiting } from "~/components/Page";
import page from "~/components/page.module.css";
import { TimeAgo } from "~/components/TimeAgo";
import { count } from "~/lib/format";
import { handOver } from "./changeLater";
import css from "./history.module.css";
import { Thumb } from "~/components/asset/Thumb";
import { SkippedPart } from "./SkippedPart";

export function HistoryPage({ projectId }: { projectId?: string }) {
  const history = useInfiniteQuery(historyQuery(projectId));
  const entries = history.data?.pages.flatMap(({ items }) => items) ?? [];
  const total = history.data?.pages[0]?.total;
  return (
    <Page title="History" note={total === undefined ? undefined : `${count(total)} handed in`}>
      {history.error && <Failure error={history.error} onRetry={() => void history.refetch()} />}
      {history.isPending && <Waiting what="your history" />}
      {history.data && entries.length === 0 && (
        <EmptyState icon={<IconHistory size={24} />} title="Nothing yet">
          What you hand in is listed here, with your answer and the time it took.
        </EmptyState>
      )}
      {entries.length > 0 && (
        <div className={css.frame}>
          <table className={`${page.table} ${page.fixed}`}>
            <thead>
              <tr>
                <th>Asset</th>
                <th>Answer</th>
                <th style={{ width: "17%" }}>Batch</th>
                <th className={page.right} style={{ width: 100 }}>
                  Time taken
                </th>
                <th style={{ width: 112 }}>Handed in</th>
                <th aria-label="Change" style={{ width: 106 }} />
              </tr>
            </thead>
            <tbody>
              {entries.map((entry) => (
                <Row key={entry.submission_id} entry={entry} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {history.hasNextPage && (
        <Button
          mt="md"
          variant="default"
          loading={history.isFetchingNextPage}
          onClick={() => void history.fetchNextPage()}
        >
          Show more
        </Button>
      )}
      <SkippedPart {...(projectId === undefined ? {} : { projectId })} />
    </Page>
  );
}

const VERDICTS = { accepted: "Accepted", fixed: "Fixed", rejected: "Sent back" } as const;

const NO_TAXONOMY: Taxonomy = { labels: [], fields: [] };

/** By the titles that the answer was given by. */
function useAnswerWords({ project, response, taxonomy_version }: HistoryEntry): string {
  const { data } = useQuery(taxonomyQuery(project.id, taxonomy_version));
  return answerWords(response, knowing(data?.taxonomy ?? NO_TAXONOMY, response));
}

function Row({ entry }: { entry: HistoryEntry }) {
  const words = useAnswerWords(entry);
  return (
    <tr>
      <td>
        <span className={css.asset}>
          <Thumb src={entry.asset.thumbnail} />
          <span className={css.cut} title={entry.asset.name}>
            {entry.asset.name}
          </span>
        </span>
      </td>
      <td>
        <div className={css.answer} title={words}>
          {words}
        </div>
        {entry.reviews.map((review) => (
          <div key={review.review_id} className={css.said} data-verdict={review.verdict}>
            <b>{VERDICTS[review.verdict]}</b> by {review.by?.name ?? "a reviewer"},{" "}
            <TimeAgo time={review.at} />
            {review.note !== "" && `: ${review.note}`}
          </div>
        ))}
      </td>
      <td className={page.clip} title={entry.batch?.name}>
        {entry.batch?.name}
      </td>
      <td className={page.right}>{entry.seconds === null ? "" : secondsText(entry.seconds)}</td>
      <td>
        <TimeAgo time={entry.at} />
      </td>
      <td className={page.right}>
        {entry.amendable && (
          <Button
            variant="default"
            size="compact-xs"
            component={Link}
            to={`/label/${entry.project.id}`}
            aria-label={`Change the answer to ${entry.asset.name}`}
            title="No reviewer has it yet"
            onClick={() => handOver(entry)}
          >
            Change it
          </Button>
        )}
      </td>
    </tr>
  );
}

function secondsText(seconds: number): string {
  if (seconds < 1) return "< 1 s";
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
