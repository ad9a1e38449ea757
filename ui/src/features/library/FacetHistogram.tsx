/** A number or a time as bars: click one, or drag over several, to set a range; by keys as well. */
import { useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import type { Histogram } from "~/api/types";
import { edgeText, isTime, type Edge } from "~/components/query/edges";
import { count } from "~/lib/format";
import { quote } from "~/lib/queryText";
import { covers, type Range } from "./facetTerms";
import css from "./library.module.css";

/** The term for the bars `a` up to and including `b`. */
export function rangeTerm(field: string, histogram: Histogram, a: number, b: number): string {
  const low = histogram.buckets[Math.min(a, b)];
  const high = histogram.buckets[Math.max(a, b)];
  if (low === undefined || high === undefined) return "";
  if (low === high) return low.query;
  const name = quote(field);
  const last = Math.max(a, b) === histogram.buckets.length - 1;
  const value = (edge: Edge) => (isTime(edge) ? edge : String(edge));
  // Buckets do not hold their upper edge, except the last.
  return last
    ? `${name}>=${value(low.from)}`
    : `${name}>=${value(low.from)} ${name}<${value(high.to)}`;
}

type Span = { from: number; to: number };

export function FacetHistogram({
  field,
  histogram,
  range,
  onRange,
}: {
  field: string;
  histogram: Histogram;
  /** What the query says about the field already. */
  range: Range | null;
  onRange: (term: string) => void;
}) {
  const { buckets } = histogram;
  const box = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<Span | null>(null);
  const [cursor, setCursor] = useState<Span>({ from: 0, to: 0 });
  const most = Math.max(1, ...buckets.map((bucket) => bucket.count));
  const ends: readonly [Edge, Edge] = [histogram.min, histogram.max];
  const within = (span: Span | null, i: number) =>
    span !== null && i >= Math.min(span.from, span.to) && i <= Math.max(span.from, span.to);
  const barAt = (event: PointerEvent) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const part = width === 0 ? 0 : (event.clientX - left) / width;
    return Math.max(0, Math.min(buckets.length - 1, Math.floor(part * buckets.length)));
  };
  const apply = (span: Span) => {
    // Other bars come of it: the cursor begins anew.
    setCursor({ from: 0, to: 0 });
    onRange(rangeTerm(field, histogram, span.from, span.to));
  };
  const handleDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = barAt(event);
    setDrag({ from: at, to: at });
    setCursor({ from: at, to: at });
  };
  const handleUp = () => {
    if (drag === null) return;
    setDrag(null);
    apply(drag);
  };
  const handleKey = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.key === "Escape" && drag !== null) {
      event.stopPropagation();
      setDrag(null);
      return;
    }
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      apply(cursor);
      return;
    }
    const end = buckets.length - 1;
    const to = { ArrowLeft: cursor.to - 1, ArrowRight: cursor.to + 1, Home: 0, End: end }[
      event.key
    ];
    if (to === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(end, to));
    setCursor(event.shiftKey ? { from: cursor.from, to: next } : { from: next, to: next });
    box.current?.querySelectorAll("button")[next]?.focus();
  };
  const bar = drag === null ? null : buckets[drag.to];
  return (
    <>
      <div
        ref={box}
        className={css.histogram}
        role="group"
        aria-label={`Histogram of ${field}`}
        onPointerDown={handleDown}
        onPointerMove={(event) => {
          if (drag === null) return;
          const at = barAt(event);
          if (at !== drag.to) setDrag({ ...drag, to: at });
        }}
        onPointerUp={handleUp}
        onPointerCancel={() => setDrag(null)}
        onKeyDown={handleKey}
      >
        {buckets.map((bucket, i) => (
          <button
            key={bucket.query}
            type="button"
            tabIndex={i === Math.min(cursor.to, buckets.length - 1) ? 0 : -1}
            data-on={drag === null ? covers(range, bucket.from, bucket.to) : within(drag, i)}
            data-cursor={cursor.from !== cursor.to && within(cursor, i)}
            aria-label={`${edgeText(bucket.from, ends)} to ${edgeText(bucket.to, ends)}: ${count(bucket.count)}`}
            title={`${edgeText(bucket.from, ends)} – ${edgeText(bucket.to, ends)}: ${count(bucket.count)}`}
          >
            <i style={{ height: `${(bucket.count / most) * 100}%` }} />
          </button>
        ))}
      </div>
      <div className={css.axis} aria-hidden>
        {drag !== null && bar !== undefined && drag.from !== drag.to ? (
          <b>
            {edgeText(buckets[Math.min(drag.from, drag.to)]?.from ?? "", ends)} –{" "}
            {edgeText(buckets[Math.max(drag.from, drag.to)]?.to ?? "", ends)}
          </b>
        ) : (
          <>
            <span>{edgeText(histogram.min, ends)}</span>
            <span>{edgeText(histogram.max, ends)}</span>
          </>
        )}
      </div>
    </>
  );
}
