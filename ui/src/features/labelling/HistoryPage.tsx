/** What a person handed in, newest first. */
import { Button } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { historyQuery } from "~/api/queue";
import type { HistoryEntry, Response as Answer } from "~/api/types";
import { EmptyState, Failure, Page, Waiting } from "~/components/Page";
import page from "~/components/page.module.css";
import { TimeAgo } from "~/components/TimeAgo";
import { handOver } from "./changeLater";
import css from "./history.module.css";
import { SkippedPart } from "./SkippedPart";

export function HistoryPage({ projectId }: { projectId?: string }) {
  const history = useInfiniteQuery(historyQuery(projectId));
  const entries = history.data?.pages.flatMap(({ items }) => items) ?? [];
  const total = history.data?.pages[0]?.total;
  return (
    <Page title="History" note={total === undefined ? undefined : `${total} handed in`}>
      {history.error && <Failure error={history.error} onRetry={() => void history.refetch()} />}
      {history.isPending && <Waiting what="your history" />}
      {history.data && entries.length === 0 && (
        <EmptyState icon={<IconHistory size={24} />} title="Nothing yet">
          What you hand in is listed here, with your answer and the time it took.
        </EmptyState>
      )}
      {entries.length > 0 && (
        <div className={css.frame}>
          <table className={page.table}>
            <thead>
              <tr>
                <th>Asset</th>
                <th>Answer</th>
                <th>Batch</th>
                <th className={page.right}>Time taken</th>
                <th>Handed in</th>
                <th aria-label="Change" />
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

function Row({ entry }: { entry: HistoryEntry }) {
  return (
    <tr>
      <td>
        <span className={css.asset}>
          {entry.asset.thumbnail && (
            <img className={css.thumb} src={entry.asset.thumbnail} alt="" loading="lazy" />
          )}
          {entry.asset.name}
        </span>
      </td>
      <td>
        <div className={css.answer}>{answerText(entry.response)}</div>
        {entry.reviews.map((review) => (
          <div key={review.review_id} className={css.said} data-verdict={review.verdict}>
            <b>{VERDICTS[review.verdict]}</b> by {review.by?.name ?? "a reviewer"},{" "}
            <TimeAgo time={review.at} />
            {review.note !== "" && `: ${review.note}`}
          </div>
        ))}
      </td>
      <td>{entry.batch?.name}</td>
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

export function answerText({ annotations, fields }: Answer): string {
  const counts = new Map<string, number>();
  for (const { label } of annotations) counts.set(label, (counts.get(label) ?? 0) + 1);
  const marks = [...counts].map(([label, n]) => `${n} × ${label}`);
  const values = Object.entries(fields).map(
    ([id, value]) => `${id}: ${Array.isArray(value) ? value.join(", ") : String(value)}`,
  );
  return [...values, ...marks].join("; ") || "nothing marked";
}

function secondsText(seconds: number): string {
  if (seconds < 1) return "< 1 s";
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
