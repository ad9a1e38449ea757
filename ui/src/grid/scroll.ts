/**
 * Scrolling through more rows than a browser can be high.
 *
 * Browsers stop at about 33 million pixels (Chromium) or 17 million (Firefox); ten million rows
 * need more. So there are two spaces: the *virtual* one, where every row has its true place, and
 * the *dom* one, the scroll bar's. A small step (wheel, arrow) moves both alike, so that no row
 * is skipped; a leap (dragging the thumb) maps the place in proportion. After steps the bar is a
 * little off; `settle` puts it back when nobody is scrolling.
 * Near both ends the two spaces run alike, so that the wheel gets to the very first and last row:
 * in proportion alone, every step there would be as small as what is left of the bar.
 * Pure arithmetic: no DOM.
 */

/** Below the limits of all browsers, with room. */
export const MAX_DOM_HEIGHT = 8_000_000;

/** How far from each end both spaces run alike. */
export const END_ZONE = 200_000;

export type Extent = { virtualHeight: number; viewport: number };
export type ScrollPlace = { virtualTop: number; domTop: number };

export const domHeight = (extent: Extent): number => Math.min(extent.virtualHeight, MAX_DOM_HEIGHT);

const virtualMax = (e: Extent) => Math.max(0, e.virtualHeight - e.viewport);
const domMax = (e: Extent) => Math.max(0, domHeight(e) - e.viewport);
const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

/** From one space to the other: alike in both end zones, in proportion between them. */
function across(place: number, from: number, to: number): number {
  const at = clamp(place, 0, from);
  if (at <= END_ZONE) return Math.min(at, to);
  if (at >= from - END_ZONE) return to - (from - at);
  return END_ZONE + ((at - END_ZONE) / (from - 2 * END_ZONE)) * (to - 2 * END_ZONE);
}

/** True place for a place of the scroll bar. */
export const toVirtual = (extent: Extent, domTop: number): number =>
  across(domTop, domMax(extent), virtualMax(extent));

/** Place of the scroll bar for a true place. */
export const toDom = (extent: Extent, virtualTop: number): number =>
  across(virtualTop, virtualMax(extent), domMax(extent));

const isScaled = (e: Extent) => e.virtualHeight > MAX_DOM_HEIGHT;

/** The scroll bar is now at `domTop`: where are we? */
export function scrolled(extent: Extent, from: ScrollPlace, domTop: number): ScrollPlace {
  const step = domTop - from.domTop;
  if (!isScaled(extent) || Math.abs(step) > 3 * extent.viewport) {
    return { virtualTop: toVirtual(extent, domTop), domTop };
  }
  const virtualTop = clamp(from.virtualTop + step, 0, virtualMax(extent));
  return { virtualTop, domTop };
}

/** Whether the bar stands at an end that the rows have not reached; then it must move at once. */
export function isStuck(extent: Extent, place: ScrollPlace): boolean {
  if (!isScaled(extent)) return false;
  const atTop = place.domTop <= 0 && place.virtualTop > 0;
  const atEnd = place.domTop >= domMax(extent) - 1 && place.virtualTop < virtualMax(extent);
  return atTop || atEnd;
}

/** The bar put where it belongs for the rows that are shown. The rows do not move. */
export function settle(extent: Extent, place: ScrollPlace): ScrollPlace {
  return { virtualTop: place.virtualTop, domTop: toDom(extent, place.virtualTop) };
}

/** Jump to a true place. */
export function jump(extent: Extent, virtualTop: number): ScrollPlace {
  const top = clamp(virtualTop, 0, virtualMax(extent));
  return { virtualTop: top, domTop: toDom(extent, top) };
}

/** Lines (rows of tiles, or table rows) that are in view, with `over` more on both sides; end exclusive. */
export function linesInView(
  extent: Extent,
  virtualTop: number,
  lineHeight: number,
  lines: number,
  over: number,
): { first: number; end: number } {
  const first = clamp(Math.floor(virtualTop / lineHeight) - over, 0, lines);
  const end = clamp(Math.ceil((virtualTop + extent.viewport) / lineHeight) + over, first, lines);
  return { first, end };
}

/** The place that shows a line wholly, moving as little as possible. */
export function reveal(
  extent: Extent,
  virtualTop: number,
  line: number,
  lineHeight: number,
): number {
  const top = line * lineHeight;
  const bottom = top + lineHeight;
  if (top < virtualTop) return top;
  if (bottom > virtualTop + extent.viewport) return bottom - extent.viewport;
  return virtualTop;
}
