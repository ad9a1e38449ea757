/** Arithmetic for showing an answer: colours by label, a text cut at its spans. Pure. */

const PALETTE = [
  "#e03131",
  "#1971c2",
  "#2f9e44",
  "#e8590c",
  "#9c36b5",
  "#0c8599",
  "#c2255c",
  "#5f3dc4",
  "#b07d00",
];

type Labels = { labels: readonly { name: string; title?: string | null; color: string }[] };

const known = (label: string, taxonomy: Labels | null) =>
  taxonomy?.labels.find((entry) => entry.name === label);

export const labelTitle = (label: string, taxonomy: Labels | null): string =>
  known(label, taxonomy)?.title || label;

/** The colour in the taxonomy; for a label that is no longer in it always the same one. */
export function labelColor(label: string, taxonomy: Labels | null): string {
  const color = known(label, taxonomy)?.color;
  if (color !== undefined) return color;
  let hash = 0;
  for (const ch of label) hash = (hash * 31 + (ch.codePointAt(0) ?? 0)) >>> 0;
  return PALETTE[hash % PALETTE.length] ?? "#e03131";
}

export type Piece = { text: string; label: string | null };

/** Cuts a text at its spans (code points, end exclusive). Where spans overlap the earlier one shows. */
export function cutSpans(
  text: string,
  spans: readonly { start: number; end: number; label: string }[],
): Piece[] {
  if (spans.length === 0) return [{ text, label: null }];
  const points = [...text];
  const out: Piece[] = [];
  let at = 0;
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const start = Math.max(at, span.start);
    const end = Math.min(points.length, span.end);
    if (end <= start) continue;
    if (start > at) out.push({ text: points.slice(at, start).join(""), label: null });
    out.push({ text: points.slice(start, end).join(""), label: span.label });
    at = end;
  }
  if (at < points.length) out.push({ text: points.slice(at).join(""), label: null });
  return out;
}
