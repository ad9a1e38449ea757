/**
 * How spans lie over a text: which lane each gets, so that overlapping ones stay apart, and the pieces
 * of a block of text between span borders. Pure; offsets are UTF-16 units here.
 */

export interface PlacedSpan {
  readonly uuid: string;
  readonly label: string;
  readonly start: number;
  readonly end: number;
  /** 0 is nearest to the text. */
  readonly lane: number;
}

export interface Block {
  readonly start: number;
  readonly end: number;
}

export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly spans: readonly PlacedSpan[];
  /** Spans that begin with this piece: their captions are shown here. */
  readonly starting: readonly PlacedSpan[];
}

const BLOCK_UNITS_AIM = 2_000;
const BLOCK_UNITS_MAX = 6_000;

/** Lanes by start, longer first: each span takes the lowest lane that is free where it begins. */
export function placeSpans(
  spans: readonly { uuid: string; label: string; start: number; end: number }[],
): PlacedSpan[] {
  const sorted = [...spans].sort((a, b) => a.start - b.start || b.end - a.end);
  const laneEnds: number[] = [];
  return sorted.map((span) => {
    let lane = laneEnds.findIndex((end) => end <= span.start);
    if (lane < 0) lane = laneEnds.length;
    laneEnds[lane] = span.end;
    return { uuid: span.uuid, label: span.label, start: span.start, end: span.end, lane };
  });
}

/** Cuts a text at line ends into blocks that the browser lays out one by one as they come into sight. */
export function cutBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let start = 0;
  while (start < text.length) {
    const end = blockEnd(text, start);
    blocks.push({ start, end });
    start = end;
  }
  return blocks.length > 0 ? blocks : [{ start: 0, end: 0 }];
}

function blockEnd(text: string, start: number): number {
  if (text.length - start <= BLOCK_UNITS_AIM) return text.length;
  const line = text.indexOf("\n", start + BLOCK_UNITS_AIM);
  if (line >= 0 && line < start + BLOCK_UNITS_MAX) return line + 1;
  if (line < 0 && text.length - start <= BLOCK_UNITS_MAX) return text.length;
  // One endless line: cut behind a space, else anywhere but inside a surrogate pair.
  const space = text.lastIndexOf(" ", start + BLOCK_UNITS_MAX);
  if (space > start + BLOCK_UNITS_AIM) return space + 1;
  const cut = start + BLOCK_UNITS_MAX;
  const unit = text.charCodeAt(cut);
  return unit >= 0xdc00 && unit <= 0xdfff ? cut + 1 : cut;
}

/** The spans that touch a block; `placed` is sorted by start. */
export function spansInBlock(placed: readonly PlacedSpan[], block: Block): PlacedSpan[] {
  return placed.filter((span) => span.start < block.end && span.end > block.start);
}

export function cutPieces(block: Block, spans: readonly PlacedSpan[]): Piece[] {
  const borders = new Set([block.start, block.end]);
  for (const { start, end } of spans) {
    if (start > block.start && start < block.end) borders.add(start);
    if (end > block.start && end < block.end) borders.add(end);
  }
  const at = [...borders].sort((a, b) => a - b);
  const pieces: Piece[] = [];
  for (let i = 0; i + 1 < at.length; i += 1) {
    const start = at[i] ?? 0;
    const end = at[i + 1] ?? 0;
    const over = spans.filter((span) => span.start < end && span.end > start);
    pieces.push({ start, end, spans: over, starting: over.filter((span) => span.start === start) });
  }
  return pieces;
}
