/**
 * Positions in a text: the DOM counts UTF-16 units, answers count Unicode code points.
 * A sparse index makes the conversion quick in a text of a megabyte. A lone surrogate counts as one code point.
 */

const BLOCK_UNITS = 1024;

export class TextOffsets {
  /** Code points before each block of BLOCK_UNITS units. */
  private readonly before: number[] = [];
  readonly codePoints: number;

  constructor(readonly text: string) {
    let points = 0;
    for (let unit = 0; unit < text.length; unit += 1) {
      if (unit % BLOCK_UNITS === 0) this.before.push(points);
      if (!isSecondHalf(text, unit)) points += 1;
    }
    this.codePoints = points;
  }

  /** Of a position inside a pair: that of the pair's start. */
  toCodePoint(unit: number): number {
    const at = this.pairStart(clampTo(unit, this.text.length));
    const block = Math.floor(at / BLOCK_UNITS);
    let points = this.before[block];
    if (points === undefined) return this.codePoints;
    for (let i = block * BLOCK_UNITS; i < at; i += 1) {
      if (!isSecondHalf(this.text, i)) points += 1;
    }
    return points;
  }

  toUnit(codePoint: number): number {
    if (codePoint >= this.codePoints) return this.text.length;
    if (codePoint <= 0) return 0;
    let low = 0;
    let high = this.before.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.before[middle] ?? Infinity) <= codePoint) low = middle;
      else high = middle - 1;
    }
    let points = this.before[low] ?? 0;
    let unit = low * BLOCK_UNITS;
    // A pair may straddle the border of two blocks: its second half belongs to the code point before.
    if (isSecondHalf(this.text, unit)) unit += 1;
    while (points < codePoint) {
      unit += isFirstHalf(this.text, unit) ? 2 : 1;
      points += 1;
    }
    return unit;
  }

  private pairStart(unit: number): number {
    return isSecondHalf(this.text, unit) ? unit - 1 : unit;
  }
}

function clampTo(value: number, max: number): number {
  return Math.min(Math.max(value, 0), max);
}

function isFirstHalf(text: string, unit: number): boolean {
  const a = text.charCodeAt(unit);
  const b = text.charCodeAt(unit + 1);
  return a >= 0xd800 && a <= 0xdbff && b >= 0xdc00 && b <= 0xdfff;
}

function isSecondHalf(text: string, unit: number): boolean {
  return unit > 0 && isFirstHalf(text, unit - 1);
}

/** A piece of text without the white space at its ends; null when nothing else is in it. */
export function trimmedRange(
  text: string,
  start: number,
  end: number,
): { start: number; end: number } | null {
  const piece = text.slice(start, end);
  const lead = piece.length - piece.trimStart().length;
  if (lead === piece.length) return null;
  const trail = piece.length - piece.trimEnd().length;
  return { start: start + lead, end: end - trail };
}
