/** The stored recipe carried out today, against the members that the batch has. */
import { Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { diffQuery } from "~/api/batches";
import type { Asset, BatchDiff } from "~/api/types";
import { ThumbStrip } from "~/components/asset/AssetThumb";
import { Failure } from "~/components/Page";
import { count, plural, took } from "~/lib/format";
import css from "./batches.module.css";

export function DiffPart({ projectId, batchId }: { projectId: string; batchId: string }) {
  const query = useQuery(diffQuery(projectId, batchId));
  return (
    <div className={css.diff} role="region" aria-label="Difference against today">
      {query.isFetching && (
        <div role="status">
          <Loader size={14} aria-label="Comparing" />
        </div>
      )}
      {query.error !== null && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && <Result diff={query.data} />}
    </div>
  );
}

function Result({ diff }: { diff: BatchDiff }) {
  const { then, now, same, added, removed } = diff;
  const all = Math.max(1, same + added + removed);
  const part = (n: number) => ({ width: `${(n / all) * 100}%` });
  return (
    <>
      <div className={css.diffHead}>
        <span>
          {added === 0 && removed === 0
            ? "Nothing has changed: the recipe picks the same assets today."
            : `Today the recipe picks ${count(now)}; the batch has ${count(then)}.`}
        </span>
        <span className={css.hint}>compared in {took(diff.took_ms)}</span>
      </div>
      <div
        className={css.diffBar}
        role="img"
        aria-label={`${count(same)} in both, ${count(added)} only today, ${count(removed)} only in the batch`}
      >
        <span data-kind="same" style={part(same)} />
        <span data-kind="added" style={part(added)} />
        <span data-kind="removed" style={part(removed)} />
      </div>
      <div className={css.diffLegend}>
        <span>
          <i data-kind="same" /> In both <b className="num">{count(same)}</b>
        </span>
        <span>
          <i data-kind="added" /> Only today <b className="num">{count(added)}</b>
        </span>
        <span>
          <i data-kind="removed" /> Only in the batch <b className="num">{count(removed)}</b>
        </span>
      </div>
      <Sample title="Only today" total={added} assets={diff.added_sample} />
      <Sample title="Only in the batch" total={removed} assets={diff.removed_sample} />
    </>
  );
}

function Sample({ title, total, assets }: { title: string; total: number; assets: Asset[] }) {
  if (assets.length === 0) return null;
  return (
    <div>
      <h3>
        {title}
        {assets.length < total
          ? `, ${count(assets.length)} of ${plural(total, "asset")}`
          : `: ${plural(total, "asset")}`}
      </h3>
      <ThumbStrip assets={assets} />
    </div>
  );
}
