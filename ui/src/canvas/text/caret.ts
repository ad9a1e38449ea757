/**
 * Where the caret goes: by one character as a reader sees it (an emoji with its modifiers is one),
 * by word, to the ends of a line or of the text. Pure, in UTF-16 units; up and down are left to the browser,
 * which alone knows where lines break.
 */

/** How much text around the caret is looked at; words and clusters longer than this are cut. */
const WINDOW_UNITS = 256;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const words = new Intl.Segmenter(undefined, { granularity: "word" });

export type CaretMove =
  "left" | "right" | "word-left" | "word-right" | "line-start" | "line-end" | "start" | "end";

export function moveCaret(text: string, at: number, move: CaretMove): number {
  switch (move) {
    case "right":
      return at + (firstSegment(graphemes, text.slice(at, at + WINDOW_UNITS))?.length ?? 0);
    case "left":
      return at - (lastSegment(graphemes, text.slice(windowStart(text, at), at))?.length ?? 0);
    case "word-right":
      return wordRight(text, at);
    case "word-left":
      return wordLeft(text, at);
    case "line-start":
      return at === 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1;
    case "line-end": {
      const end = text.indexOf("\n", at);
      return end < 0 ? text.length : end;
    }
    case "start":
      return 0;
    case "end":
      return text.length;
  }
}

/** The word at a position, for "take the word under the caret". */
export function wordAt(text: string, at: number): { start: number; end: number } | null {
  const from = windowStart(text, at);
  for (const segment of words.segment(text.slice(from, at + WINDOW_UNITS))) {
    const start = from + segment.index;
    const end = start + segment.segment.length;
    if (segment.isWordLike && start <= at && at <= end && !(at === end && isWordStart(text, at))) {
      return { start, end };
    }
  }
  return null;
}

function isWordStart(text: string, at: number): boolean {
  const first = [...words.segment(text.slice(at, at + WINDOW_UNITS))][0];
  return first?.isWordLike === true;
}

function wordRight(text: string, at: number): number {
  let inWord = false;
  for (const segment of words.segment(text.slice(at, at + WINDOW_UNITS))) {
    if (segment.isWordLike) inWord = true;
    if (inWord) return at + segment.index + segment.segment.length;
  }
  return Math.min(text.length, at + WINDOW_UNITS);
}

function wordLeft(text: string, at: number): number {
  const from = windowStart(text, at);
  let start = from;
  for (const segment of words.segment(text.slice(from, at))) {
    if (segment.isWordLike) start = from + segment.index;
  }
  return start;
}

/** Begins the window at white space where it can, so that no cluster is cut in two. */
function windowStart(text: string, at: number): number {
  const from = Math.max(0, at - WINDOW_UNITS);
  if (from === 0) return 0;
  const space = text.slice(from, at).search(/\s/u);
  return space < 0 || from + space >= at - 1 ? from : from + space;
}

function firstSegment(segmenter: Intl.Segmenter, piece: string): string | null {
  for (const segment of segmenter.segment(piece)) return segment.segment;
  return null;
}

function lastSegment(segmenter: Intl.Segmenter, piece: string): string | null {
  let last: string | null = null;
  for (const segment of segmenter.segment(piece)) last = segment.segment;
  return last;
}
