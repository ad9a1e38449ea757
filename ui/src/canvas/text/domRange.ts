/**
 * Between places in the DOM and UTF-16 units of the text. Each piece of text is an element with `data-start`
 * whose only text node is that piece; whatever else is in the DOM (captions) holds no text.
 */

/** Null when the place is not in the text at all. */
export function unitAt(root: HTMLElement, node: Node, offset: number): number | null {
  if (!root.contains(node)) return null;
  if (node instanceof Text) {
    const start = pieceStart(node.parentElement);
    return start === null ? null : start + offset;
  }
  const child = node.childNodes[offset];
  if (child) {
    const piece = firstPiece(child);
    if (piece) return pieceStart(piece);
  }
  // After the last child: the end of the last piece before.
  const pieces = node instanceof Element ? node.querySelectorAll<HTMLElement>("[data-start]") : [];
  const last = pieces[pieces.length - 1] ?? (node instanceof HTMLElement ? node : null);
  const start = pieceStart(last);
  return start === null ? null : start + (last?.textContent?.length ?? 0);
}

/** The text node that holds a unit, and the place in it. */
export function placeOf(root: HTMLElement, unit: number): { node: Text; offset: number } | null {
  const blocks = root.querySelectorAll<HTMLElement>("[data-block]");
  let low = 0;
  let high = blocks.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (Number(blocks[middle]?.dataset["block"] ?? Infinity) <= unit) low = middle;
    else high = middle - 1;
  }
  let found: { node: Text; offset: number } | null = null;
  for (const piece of blocks[low]?.querySelectorAll<HTMLElement>("[data-start]") ?? []) {
    const start = pieceStart(piece) ?? 0;
    if (start > unit) break;
    const node = [...piece.childNodes].find((child) => child instanceof Text);
    if (node instanceof Text) found = { node, offset: Math.min(unit - start, node.length) };
  }
  return found;
}

/** Where the caret is drawn, relative to an element. */
export function caretBox(
  root: HTMLElement,
  unit: number,
): { left: number; top: number; height: number } | null {
  const place = placeOf(root, unit);
  if (!place) return null;
  const { node, offset } = place;
  // An empty line has no rectangle for a collapsed range, but its line break has one.
  const here = lastRect(node, offset, offset);
  const next = here ?? lastRect(node, offset, Math.min(offset + 1, node.length));
  const before = next ?? lastRect(node, Math.max(0, offset - 1), offset);
  if (!before) return null;
  const base = root.getBoundingClientRect();
  const left = next?.left ?? before.right;
  return { left: left - base.left, top: before.top - base.top, height: before.height };
}

function lastRect(node: Text, start: number, end: number): DOMRect | null {
  const range = document.createRange();
  range.setStart(node, start);
  range.setEnd(node, end);
  const rects = range.getClientRects();
  return rects[rects.length - 1] ?? null;
}

function pieceStart(element: HTMLElement | null): number | null {
  const start = element?.dataset["start"];
  return start === undefined ? null : Number(start);
}

function firstPiece(node: Node): HTMLElement | null {
  if (!(node instanceof HTMLElement)) return node.parentElement;
  return node.dataset["start"] === undefined ? node.querySelector("[data-start]") : node;
}
