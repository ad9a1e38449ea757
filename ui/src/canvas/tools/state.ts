/**
 * What every gesture is made of: a small state class that gets typed events and answers the state that follows.
 * A state changes the document only when the gesture is finished; until then it shows a preview.
 */
import type { PolygonAnnotation, ShapeAnnotation } from "../document/answer";
import type { AnswerDocument } from "../document/document";
import {
  MIN_BOX_SIDE_PX,
  MIN_POLYGON_AREA_PX2,
  polygonArea,
  type Point,
  type Rect,
  type Size,
} from "../geometry/shapes";
import type { View } from "../geometry/view";

export type ToolName = "select" | "box" | "polygon";
export type ShapeTool = "box" | "polygon";

/** Screen pixels a pointer may tremble before a press becomes a drag. */
export const DRAG_SLOP_PX = 4;
/** How near, in screen pixels, counts as "on" a handle or an outline. */
export const HANDLE_REACH_PX = 9;
export const OUTLINE_REACH_PX = 4;

export interface PointerInput {
  /** In pixels of the viewport. */
  readonly screen: Point;
  /** In pixels of the image, not clamped. */
  readonly image: Point;
  readonly button: "main" | "middle" | "secondary";
  readonly shift: boolean;
  readonly alt: boolean;
}

export interface KeyInput {
  readonly key: string;
  readonly shift: boolean;
  readonly alt: boolean;
  readonly ctrl: boolean;
}

/** What is drawn over the document while a gesture runs. */
export interface Preview {
  /** Drawn in place of the annotation with the same uuid, or as a new one. */
  readonly shape: ShapeAnnotation | null;
  /** The vertices set so far of an open polygon, with the point that follows the pointer last. */
  readonly path: readonly Point[];
  /** The pointer is where a click would close the polygon. */
  readonly closing: boolean;
}

export const NO_PREVIEW: Preview = { shape: null, path: [], closing: false };

export interface ToolContext {
  readonly document: AnswerDocument;
  readonly image: Size;
  readonly view: View;
  readonly crosshair: Point;
  /** The label that a new shape gets, or null when none can be drawn with this tool. */
  labelFor(tool: ShapeTool): string | null;
  newUuid(): string;
  /** Said to the person, on screen and to a screen reader. */
  announce(message: string): void;
  panBy(by: Point): void;
  /** Is this annotation hidden, so that it must not be hit? */
  isHidden(uuid: string): boolean;
}

export abstract class ToolState {
  abstract readonly tool: ToolName;
  readonly cursor: string = "default";
  /** A gesture is under way: Escape ends it before it does anything else. */
  readonly busy: boolean = false;

  constructor(protected readonly context: ToolContext) {}

  preview(): Preview {
    return NO_PREVIEW;
  }

  /** The vertex or corner that the arrow keys move, if any. */
  activeHandle(): number | null {
    return null;
  }

  onDown(_input: PointerInput): ToolState {
    return this;
  }

  onMove(_input: PointerInput): ToolState {
    return this;
  }

  onUp(_input: PointerInput): ToolState {
    return this;
  }

  onDouble(_input: PointerInput): ToolState {
    return this;
  }

  /** The keyboard's crosshair moved to here. */
  onCrosshair(_point: Point): ToolState {
    return this;
  }

  /** Null: the key is not for this state. */
  onKey(_input: KeyInput): ToolState | null {
    return null;
  }

  onCancel(): ToolState {
    return this;
  }
}

/** Why a box is not kept, or null when it is fine. */
export function boxProblem(box: Rect): string | null {
  if (box.width >= MIN_BOX_SIDE_PX && box.height >= MIN_BOX_SIDE_PX) return null;
  return "Too small: a box covers at least one pixel of the image.";
}

export function polygonProblem(vertices: readonly Point[]): string | null {
  if (vertices.length < 3) return "A polygon needs at least 3 points.";
  if (polygonArea(vertices) >= MIN_POLYGON_AREA_PX2) return null;
  return "Too small: the polygon has no area.";
}

export function withVertices(shape: PolygonAnnotation, vertices: Point[]): PolygonAnnotation {
  return { ...shape, vertices };
}
