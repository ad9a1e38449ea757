/** A number or a time: how the picked lie beside the pool, as shares of each. */
import type { SelectHistogram } from "~/api/types";
import { edgeText } from "~/components/query/edges";
import { count, percent } from "~/lib/format";
import css from "./batches.module.css";

export function PickedHistogram({ histogram }: { histogram: SelectHistogram }) {
  const { buckets, field, min, max } = histogram;
  const pool = buckets.reduce((sum, bucket) => sum + bucket.pool, 0);
  const picked = buckets.reduce((sum, bucket) => sum + bucket.picked, 0);
  const share = (n: number, all: number) => (all === 0 ? 0 : n / all);
  const most = Math.max(
    0.000_001,
    ...buckets.flatMap((bucket) => [share(bucket.pool, pool), share(bucket.picked, picked)]),
  );
  const height = (n: number, all: number) => `${(share(n, all) / most) * 100}%`;
  const span = [min, max] as const;
  return (
    <div>
      <h3>{field}</h3>
      <div
        className={css.bars}
        role="img"
        aria-label={`${field}: ${count(picked)} picked beside ${count(pool)} in the pool, from ${edgeText(min, span)} to ${edgeText(max, span)}`}
      >
        {buckets.map((bucket, i) => (
          <span
            key={`${i}-${String(bucket.from)}`}
            title={`${edgeText(bucket.from, span)} – ${edgeText(bucket.to, span)}: pool ${count(bucket.pool)} (${percent(bucket.pool, pool)}), picked ${count(bucket.picked)} (${percent(bucket.picked, picked)})`}
          >
            <i style={{ height: height(bucket.pool, pool) }} />
            <b style={{ height: height(bucket.picked, picked) }} />
          </span>
        ))}
      </div>
      <div className={css.barsAxis}>
        <span>{edgeText(min, span)}</span>
        <span>{edgeText(max, span)}</span>
      </div>
    </div>
  );
}
