/**
 * Plane geometry of boxes and polygons in pixels of the image: normalising, clamping, areas, hit tests.
 * Pure arithmetic; knows nothing of screens, tools or documents.
 */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A box thinner than this holds no whole pixel of the image. */
export const MIN_BOX_SIDE_PX = 1;
/** A polygon smaller than this covers less than one pixel. */
export const MIN_POLYGON_AREA_PX2 = 1;
export const MIN_POLYGON_VERTICES = 3;

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), Math.max(low, high));
}

export function clampPoint(point: Point, size: Size): Point {
  return { x: clamp(point.x, 0, size.width), y: clamp(point.y, 0, size.height) };
}

/** Whole pixels: two people who mean the same edge write the same number. */
export function roundPoint(point: Point): Point {
  return { x: Math.round(point.x), y: Math.round(point.y) };
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

export function midpoint(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

/** The box that two opposite corners span, whichever was set first. */
export function boxFromCorners(a: Point, b: Point): Rect {
  return {
    left: Math.min(a.x, b.x),
    top: Math.min(a.y, b.y),
    width: Math.abs(a.x - b.x),
    height: Math.abs(a.y - b.y),
  };
}

/** Cuts a box to the image. A box that lies outside ends with no width or height. */
export function clampBox(box: Rect, size: Size): Rect {
  return boxFromCorners(
    clampPoint({ x: box.left, y: box.top }, size),
    clampPoint({ x: box.left + box.width, y: box.top + box.height }, size),
  );
}

/** Moves a box as far as the image allows and keeps its size. */
export function moveBox(box: Rect, by: Point, size: Size): Rect {
  return {
    ...box,
    left: clamp(box.left + by.x, 0, size.width - box.width),
    top: clamp(box.top + by.y, 0, size.height - box.height),
  };
}

/** Moves a polygon as far as the image allows and keeps its form. */
export function movePolygon(vertices: readonly Point[], by: Point, size: Size): Point[] {
  const bounds = polygonBounds(vertices);
  const moved = moveBox(bounds, by, size);
  const dx = moved.left - bounds.left;
  const dy = moved.top - bounds.top;
  return vertices.map((vertex) => ({ x: vertex.x + dx, y: vertex.y + dy }));
}

export type BoxHandle = "nw" | "n" | "ne" | "e" | "se" | "s" | "sw" | "w";
export const BOX_HANDLES: readonly BoxHandle[] = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];

export function boxHandlePoint(box: Rect, handle: BoxHandle): Point {
  const right = box.left + box.width;
  const bottom = box.top + box.height;
  const x = handle.includes("w") ? box.left : handle.includes("e") ? right : (box.left + right) / 2;
  const y = handle.startsWith("n")
    ? box.top
    : handle.startsWith("s")
      ? bottom
      : (box.top + bottom) / 2;
  return { x, y };
}

/** Pulls one handle to a point; a handle pulled across the opposite side turns the box over. */
export function resizeBox(box: Rect, handle: BoxHandle, to: Point, size: Size): Rect {
  const point = clampPoint(to, size);
  const right = box.left + box.width;
  const bottom = box.top + box.height;
  const x1 = handle.includes("w") ? point.x : box.left;
  const x2 = handle.includes("e") ? point.x : right;
  const y1 = handle.startsWith("n") ? point.y : box.top;
  const y2 = handle.startsWith("s") ? point.y : bottom;
  return boxFromCorners({ x: x1, y: y1 }, { x: x2, y: y2 });
}

export function boxContains(box: Rect, point: Point): boolean {
  return (
    point.x >= box.left &&
    point.x <= box.left + box.width &&
    point.y >= box.top &&
    point.y <= box.top + box.height
  );
}

export function polygonBounds(vertices: readonly Point[]): Rect {
  let minX = Infinity;
  let minY = Infinity;
  let maxX = -Infinity;
  let maxY = -Infinity;
  for (const { x, y } of vertices) {
    minX = Math.min(minX, x);
    minY = Math.min(minY, y);
    maxX = Math.max(maxX, x);
    maxY = Math.max(maxY, y);
  }
  if (minX > maxX) return { left: 0, top: 0, width: 0, height: 0 };
  return { left: minX, top: minY, width: maxX - minX, height: maxY - minY };
}

/** Area by the shoelace formula, never negative. */
export function polygonArea(vertices: readonly Point[]): number {
  let sum = 0;
  forEachEdge(vertices, (a, b) => {
    sum += a.x * b.y - b.x * a.y;
  });
  return Math.abs(sum) / 2;
}

/** Even-odd rule. */
export function polygonContains(vertices: readonly Point[], point: Point): boolean {
  let inside = false;
  forEachEdge(vertices, (a, b) => {
    if (a.y > point.y !== b.y > point.y) {
      const crossing = ((b.x - a.x) * (point.y - a.y)) / (b.y - a.y) + a.x;
      if (point.x < crossing) inside = !inside;
    }
  });
  return inside;
}

export function distanceToSegment(point: Point, a: Point, b: Point): number {
  const lengthSquared = (b.x - a.x) ** 2 + (b.y - a.y) ** 2;
  if (lengthSquared === 0) return distance(point, a);
  const along = clamp(
    ((point.x - a.x) * (b.x - a.x) + (point.y - a.y) * (b.y - a.y)) / lengthSquared,
    0,
    1,
  );
  return distance(point, { x: a.x + along * (b.x - a.x), y: a.y + along * (b.y - a.y) });
}

/** The edge nearest to a point, as the index of its first vertex; -1 when there is no edge. */
export function nearestEdge(
  vertices: readonly Point[],
  point: Point,
): { index: number; distance: number } {
  let best = { index: -1, distance: Infinity };
  forEachEdge(vertices, (a, b, index) => {
    const away = distanceToSegment(point, a, b);
    if (away < best.distance) best = { index, distance: away };
  });
  return best;
}

/** Do two edges that are not neighbours touch or cross? */
export function selfIntersects(vertices: readonly Point[]): boolean {
  const n = vertices.length;
  for (let i = 0; i < n; i += 1) {
    for (let j = i + 2; j < n; j += 1) {
      if (i === 0 && j === n - 1) continue;
      const a = vertices[i];
      const b = vertices[(i + 1) % n];
      const c = vertices[j];
      const d = vertices[(j + 1) % n];
      if (a && b && c && d && segmentsMeet(a, b, c, d)) return true;
    }
  }
  return false;
}

function segmentsMeet(a: Point, b: Point, c: Point, d: Point): boolean {
  const d1 = turn(c, d, a);
  const d2 = turn(c, d, b);
  const d3 = turn(a, b, c);
  const d4 = turn(a, b, d);
  if (d1 * d2 < 0 && d3 * d4 < 0) return true;
  return (
    (d1 === 0 && onSegment(c, d, a)) ||
    (d2 === 0 && onSegment(c, d, b)) ||
    (d3 === 0 && onSegment(a, b, c)) ||
    (d4 === 0 && onSegment(a, b, d))
  );
}

function turn(a: Point, b: Point, c: Point): number {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

function onSegment(a: Point, b: Point, p: Point): boolean {
  return (
    p.x >= Math.min(a.x, b.x) &&
    p.x <= Math.max(a.x, b.x) &&
    p.y >= Math.min(a.y, b.y) &&
    p.y <= Math.max(a.y, b.y)
  );
}

function forEachEdge(
  vertices: readonly Point[],
  visit: (a: Point, b: Point, index: number) => void,
): void {
  for (let i = 0; i < vertices.length; i += 1) {
    const a = vertices[i];
    const b = vertices[(i + 1) % vertices.length];
    if (a && b) visit(a, b, i);
  }
}
