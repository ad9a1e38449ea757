/**
 * What lies under a point of the image: a handle of the selected shape, an edge where a vertex can go in, or a shape.
 * Distances are given in image pixels by the caller, who knows the zoom.
 */
import type { PolygonAnnotation, ShapeAnnotation } from "../document/answer";
import { areaOf, boundsOf } from "../document/answer";
import {
  BOX_HANDLES,
  boxContains,
  boxHandlePoint,
  distance,
  midpoint,
  nearestEdge,
  polygonContains,
  type BoxHandle,
  type Point,
} from "./shapes";

export type HandleHit =
  | { readonly kind: "box-handle"; readonly handle: BoxHandle }
  | { readonly kind: "vertex"; readonly index: number }
  | { readonly kind: "edge"; readonly index: number };

/** The handle of a selected shape at a point. Vertices win over the middles of edges. */
export function hitHandle(shape: ShapeAnnotation, point: Point, reach: number): HandleHit | null {
  if (shape.type === "box") {
    let best: { handle: BoxHandle; away: number } | null = null;
    for (const handle of BOX_HANDLES) {
      const away = distance(boxHandlePoint(shape, handle), point);
      if (away <= reach && (best === null || away < best.away)) best = { handle, away };
    }
    return best && { kind: "box-handle", handle: best.handle };
  }
  const index = hitVertex(shape, point, reach);
  if (index >= 0) return { kind: "vertex", index };
  for (let i = 0; i < shape.vertices.length; i += 1) {
    const a = shape.vertices[i];
    const b = shape.vertices[(i + 1) % shape.vertices.length];
    // An edge too short to show its middle handle beside its ends has none.
    if (a && b && distance(a, b) > 4 * reach && distance(midpoint(a, b), point) <= reach) {
      return { kind: "edge", index: i };
    }
  }
  return null;
}

function hitVertex(shape: PolygonAnnotation, point: Point, reach: number): number {
  let best = -1;
  let bestAway = reach;
  shape.vertices.forEach((vertex, index) => {
    const away = distance(vertex, point);
    if (away <= bestAway) {
      best = index;
      bestAway = away;
    }
  });
  return best;
}

function isHit(shape: ShapeAnnotation, point: Point, reach: number): boolean {
  const bounds = boundsOf(shape);
  const near = {
    left: bounds.left - reach,
    top: bounds.top - reach,
    width: bounds.width + 2 * reach,
    height: bounds.height + 2 * reach,
  };
  if (!boxContains(near, point)) return false;
  if (shape.type === "box") return true;
  return (
    polygonContains(shape.vertices, point) || nearestEdge(shape.vertices, point).distance <= reach
  );
}

/** The smallest shape under a point, so that what lies inside something larger can be reached; of equals the newest. */
export function hitShape(
  shapes: readonly ShapeAnnotation[],
  point: Point,
  reach: number,
): ShapeAnnotation | null {
  let best: ShapeAnnotation | null = null;
  let bestArea = Infinity;
  for (const shape of shapes) {
    if (!isHit(shape, point, reach)) continue;
    const area = areaOf(shape);
    if (area <= bestArea) {
      best = shape;
      bestArea = area;
    }
  }
  return best;
}
