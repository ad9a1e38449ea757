/**
 * The view transform: which part of the image is on the screen, and how large.
 * screen = image * scale + offset. Pure; every change answers a new view.
 */
import { clamp, clampPoint, type Point, type Size } from "./shapes";

export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** 64 screen pixels for one of the image: enough to place a vertex inside a pixel. */
export const SCALE_MAX = 64;
const SCALE_MIN_ABSOLUTE = 0.001;
/** How much smaller than "fits" one may zoom out. */
const ZOOM_OUT_BEYOND_FIT = 4;
/** This many screen pixels of the image always stay in sight, so that it cannot be lost. */
const KEEP_VISIBLE_PX = 48;

export function toScreen(view: View, point: Point): Point {
  return { x: point.x * view.scale + view.x, y: point.y * view.scale + view.y };
}

export function toImage(view: View, point: Point): Point {
  return { x: (point.x - view.x) / view.scale, y: (point.y - view.y) / view.scale };
}

function fitScale(image: Size, viewport: Size, padding: number): number {
  const width = Math.max(1, viewport.width - 2 * padding);
  const height = Math.max(1, viewport.height - 2 * padding);
  const scale = Math.min(width / Math.max(1, image.width), height / Math.max(1, image.height));
  return clamp(scale, SCALE_MIN_ABSOLUTE, SCALE_MAX);
}

/** Centres the image at a scale. */
export function centred(image: Size, viewport: Size, scale: number): View {
  return {
    scale,
    x: (viewport.width - image.width * scale) / 2,
    y: (viewport.height - image.height * scale) / 2,
  };
}

/** The whole image, as large as the viewport allows, but icons are not blown up more than 8 times. */
export function fitView(image: Size, viewport: Size, padding = 16): View {
  return centred(image, viewport, Math.min(fitScale(image, viewport, padding), 8));
}

/** Zooms by a factor; the image point under `at` (screen) stays under it. */
export function zoomAt(view: View, at: Point, factor: number, image: Size, viewport: Size): View {
  const low = Math.min(fitScale(image, viewport, 16) / ZOOM_OUT_BEYOND_FIT, 1);
  const scale = clamp(view.scale * factor, low, SCALE_MAX);
  const under = toImage(view, at);
  return keepInSight(
    { scale, x: at.x - under.x * scale, y: at.y - under.y * scale },
    image,
    viewport,
  );
}

export function panBy(view: View, by: Point, image: Size, viewport: Size): View {
  return keepInSight({ ...view, x: view.x + by.x, y: view.y + by.y }, image, viewport);
}

/** Never lets the image leave the viewport entirely. */
export function keepInSight(view: View, image: Size, viewport: Size): View {
  const width = image.width * view.scale;
  const height = image.height * view.scale;
  const keepX = Math.min(KEEP_VISIBLE_PX, width);
  const keepY = Math.min(KEEP_VISIBLE_PX, height);
  return {
    scale: view.scale,
    x: clamp(view.x, keepX - width, viewport.width - keepX),
    y: clamp(view.y, keepY - height, viewport.height - keepY),
  };
}

/** Moves the view just enough that an image point is inside the viewport, with a margin. */
export function revealPoint(view: View, point: Point, viewport: Size, margin = 40): View {
  const at = toScreen(view, point);
  const dx = clamp(at.x, margin, viewport.width - margin) - at.x;
  const dy = clamp(at.y, margin, viewport.height - margin) - at.y;
  return dx === 0 && dy === 0 ? view : { ...view, x: view.x + dx, y: view.y + dy };
}

/**
 * How far one press of an arrow key moves, in pixels of the image.
 * Plain: about 16 pixels of the screen, whatever the zoom; shift: 10; alt: 1.
 */
export function arrowStep(view: View, keys: { shift: boolean; alt: boolean }): number {
  if (keys.alt) return 1;
  if (keys.shift) return 10;
  return Math.max(1, Math.round(16 / view.scale));
}

export function arrowVector(key: string): Point | null {
  switch (key) {
    case "ArrowLeft":
      return { x: -1, y: 0 };
    case "ArrowRight":
      return { x: 1, y: 0 };
    case "ArrowUp":
      return { x: 0, y: -1 };
    case "ArrowDown":
      return { x: 0, y: 1 };
    default:
      return null;
  }
}

export function moveCrosshair(from: Point, key: string, step: number, image: Size): Point {
  const by = arrowVector(key) ?? { x: 0, y: 0 };
  return clampPoint(
    { x: Math.round(from.x) + by.x * step, y: Math.round(from.y) + by.y * step },
    image,
  );
}
