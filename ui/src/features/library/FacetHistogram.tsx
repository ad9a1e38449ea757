/** A number or a time as bars: click one, or drag over several, to set a range. */
import { useState } from "react";
import type { Histogram } from "~/api/types";
import { count, day, moment } from "~/lib/format";
import { quote } from "~/lib/queryText";
import css from "./library.module.css";

const isTime = (value: string | number): value is string =>
  typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value);

function edgeText(value: string | number, within: { min: string | number; max: string | number }) {
  if (isTime(value)) {
    // A span of less than a day is told in hours and minutes, one of minutes with the seconds.
    const span = Date.parse(String(within.max)) - Date.parse(String(within.min));
    if (span >= 86_400_000) return day(value);
    const minutes = moment(value).slice(-5);
    return span >= 600_000 ? minutes : `${minutes}:${value.slice(17, 19)}`;
  }
  if (typeof value === "string") return value;
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}

/** The term for the bars `a` up to and including `b`. */
export function rangeTerm(field: string, histogram: Histogram, a: number, b: number): string {
  const low = histogram.buckets[Math.min(a, b)];
  const high = histogram.buckets[Math.max(a, b)];
  if (low === undefined || high === undefined) return "";
  if (low === high) return low.query;
  const name = quote(field);
  const last = Math.max(a, b) === histogram.buckets.length - 1;
  const value = (edge: string | number) => (isTime(edge) ? edge : String(edge));
  // Buckets do not hold their upper edge, except the last.
  return last
    ? `${name}>=${value(low.from)}`
    : `${name}>=${value(low.from)} ${name}<${value(high.to)}`;
}

export function FacetHistogram({
  field,
  histogram,
  isOn,
  onRange,
}: {
  field: string;
  histogram: Histogram;
  isOn: (term: string) => boolean;
  onRange: (term: string) => void;
}) {
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const most = Math.max(1, ...histogram.buckets.map((bucket) => bucket.count));
  const low = drag === null ? -1 : Math.min(drag.from, drag.to);
  const high = drag === null ? -1 : Math.max(drag.from, drag.to);
  const handleUp = () => {
    if (drag === null) return;
    setDrag(null);
    onRange(rangeTerm(field, histogram, drag.from, drag.to));
  };
  return (
    <>
      <div
        className={css.histogram}
        role="group"
        aria-label={`Histogram of ${field}`}
        onPointerUp={handleUp}
        onPointerLeave={() => setDrag(null)}
      >
        {histogram.buckets.map((bucket, i) => (
          <button
            key={bucket.query}
            type="button"
            data-on={(i >= low && i <= high) || isOn(bucket.query)}
            aria-label={`${edgeText(bucket.from, histogram)} to ${edgeText(bucket.to, histogram)}: ${count(bucket.count)}`}
            title={`${edgeText(bucket.from, histogram)} – ${edgeText(bucket.to, histogram)}: ${count(bucket.count)}`}
            onPointerDown={(event) => {
              event.preventDefault();
              setDrag({ from: i, to: i });
            }}
            onPointerEnter={() => setDrag((now) => (now === null ? null : { ...now, to: i }))}
            onKeyDown={(event) => {
              if (event.key !== "Enter" && event.key !== " ") return;
              event.preventDefault();
              onRange(bucket.query);
            }}
          >
            <i style={{ height: `${(bucket.count / most) * 100}%` }} />
          </button>
        ))}
      </div>
      <div className={css.axis}>
        <span>{edgeText(histogram.min, histogram)}</span>
        <span>{edgeText(histogram.max, histogram)}</span>
      </div>
    </>
  );
}
