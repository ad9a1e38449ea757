/**
 * Selecting, moving, resizing, editing vertices and panning: what the select tool does.
 * Idle -> Pressed -> Moving | Panning, or Idle -> Editing (a handle); each ends in Idle.
 */
import {
  boundsOf,
  isShape,
  replaceAnnotation,
  type PolygonAnnotation,
  type ShapeAnnotation,
} from "../document/answer";
import { hitHandle, hitShape, type HandleHit } from "../geometry/hit";
import {
  boxHandlePoint,
  clampPoint,
  distance,
  midpoint,
  moveBox,
  movePolygon,
  resizeBox,
  roundPoint,
  type BoxHandle,
  type Point,
} from "../geometry/shapes";
import { arrowVector } from "../geometry/view";
import {
  boxProblem,
  DRAG_SLOP_PX,
  HANDLE_REACH_PX,
  NO_PREVIEW,
  OUTLINE_REACH_PX,
  polygonProblem,
  ToolState,
  withVertices,
  type KeyInput,
  type PointerInput,
  type Preview,
  type ToolContext,
} from "./state";

/** The corners that the keyboard steps through, clockwise. */
const CORNERS: readonly BoxHandle[] = ["nw", "ne", "se", "sw"];

abstract class SelectState extends ToolState {
  readonly tool = "select";

  protected selectedShape(): ShapeAnnotation | null {
    const { selection } = this.context.document;
    return selection && isShape(selection) ? selection : null;
  }

  /** Keeps a changed shape when it is still a shape; says so when it is not. */
  protected keep(next: ShapeAnnotation, mergeKey: string | null = null): void {
    const problem = next.type === "box" ? boxProblem(next) : polygonProblem(next.vertices);
    if (problem) this.context.announce(problem);
    else this.context.document.apply((answer) => replaceAnnotation(answer, next), mergeKey);
  }
}

export class SelectIdle extends SelectState {
  constructor(
    context: ToolContext,
    /** The handle that the arrow keys move, chosen with `,` and `.`. */
    private readonly handle: number | null = null,
  ) {
    super(context);
  }

  override activeHandle(): number | null {
    return this.handle;
  }

  override onDown(input: PointerInput): ToolState {
    if (input.button !== "main") return new Panning(this.context, input.screen);
    const { document, view } = this.context;
    const reach = HANDLE_REACH_PX / view.scale;
    const selected = this.selectedShape();
    const hit = selected && !document.readOnly && hitHandle(selected, input.image, reach);
    if (selected && hit) {
      if (hit.kind === "vertex" && input.alt && selected.type === "polygon") {
        this.keep(withoutVertex(selected, hit.index));
        return new SelectIdle(this.context);
      }
      return new Editing(this.context, selected, hit);
    }
    const shapes = document.answer.annotations
      .filter(isShape)
      .filter((shape) => !this.context.isHidden(shape.uuid));
    const shape = hitShape(shapes, input.image, OUTLINE_REACH_PX / view.scale);
    document.select(shape?.uuid ?? null);
    return new Pressed(this.context, document.readOnly ? null : shape, input);
  }

  override onDouble(input: PointerInput): ToolState {
    // A double click on the outline of the selected polygon puts a vertex there.
    const shape = this.selectedShape();
    if (shape?.type !== "polygon") return this;
    const reach = HANDLE_REACH_PX / this.context.view.scale;
    const onOutline = hitHandle(shape, input.image, reach);
    if (onOutline?.kind === "edge") this.keep(withVertexAfter(shape, onOutline.index, input.image));
    return new SelectIdle(this.context);
  }

  override onKey(input: KeyInput): ToolState | null {
    const shape = this.selectedShape();
    if (!shape || this.context.document.readOnly) return null;
    const handles = shape.type === "box" ? CORNERS.length : shape.vertices.length;
    switch (input.key) {
      case "Enter":
        return new SelectIdle(this.context, this.handle ?? 0);
      case ".":
        return new SelectIdle(this.context, ((this.handle ?? -1) + 1) % handles);
      case ",":
        return new SelectIdle(this.context, ((this.handle ?? 0) - 1 + handles) % handles);
      case "Insert":
        if (shape.type !== "polygon" || this.handle === null) return this;
        this.keep(withVertexAfter(shape, this.handle, null));
        return new SelectIdle(this.context, this.handle + 1);
      case "Delete":
      case "Backspace":
        if (this.handle === null || shape.type !== "polygon") return null;
        this.keep(withoutVertex(shape, this.handle));
        return new SelectIdle(this.context, Math.min(this.handle, handles - 2));
      default:
        return this.nudge(shape, input);
    }
  }

  override onCancel(): ToolState {
    if (this.handle !== null) return new SelectIdle(this.context);
    this.context.document.select(null);
    return this;
  }

  /** One pixel an arrow press, ten with shift. */
  private nudge(shape: ShapeAnnotation, input: KeyInput): ToolState | null {
    const direction = arrowVector(input.key);
    if (!direction) return null;
    const step = input.shift ? 10 : 1;
    const by = { x: direction.x * step, y: direction.y * step };
    const mergeKey = `nudge ${shape.uuid} ${this.handle ?? "whole"}`;
    if (this.handle === null) {
      this.keep(moved(shape, by, this.context), mergeKey);
      return this;
    }
    const from = handlePoint(shape, this.handle);
    const to = { x: from.x + by.x, y: from.y + by.y };
    this.keep(pulled(shape, keyboardHit(shape, this.handle), to, this.context), mergeKey);
    return this;
  }
}

/** The button is down on a shape or on nothing, and the pointer has not moved yet. */
class Pressed extends SelectState {
  override readonly busy = true;

  constructor(
    context: ToolContext,
    private readonly shape: ShapeAnnotation | null,
    private readonly start: PointerInput,
  ) {
    super(context);
  }

  override onMove(input: PointerInput): ToolState {
    if (distance(input.screen, this.start.screen) < DRAG_SLOP_PX) return this;
    return this.shape
      ? new Moving(this.context, this.shape, this.start.image).onMove(input)
      : new Panning(this.context, this.start.screen).onMove(input);
  }

  override onUp(): ToolState {
    return new SelectIdle(this.context);
  }

  override onCancel(): ToolState {
    return new SelectIdle(this.context);
  }
}

class Moving extends SelectState {
  override readonly busy = true;
  override readonly cursor = "move";
  private current: ShapeAnnotation;

  constructor(
    context: ToolContext,
    private readonly shape: ShapeAnnotation,
    private readonly from: Point,
  ) {
    super(context);
    this.current = shape;
  }

  override preview(): Preview {
    return { ...NO_PREVIEW, shape: this.current };
  }

  override onMove(input: PointerInput): ToolState {
    const by = roundPoint({ x: input.image.x - this.from.x, y: input.image.y - this.from.y });
    this.current = moved(this.shape, by, this.context);
    return this;
  }

  override onUp(): ToolState {
    this.keep(this.current);
    return new SelectIdle(this.context);
  }

  override onCancel(): ToolState {
    return new SelectIdle(this.context);
  }
}

/** Pulling a corner, a side, a vertex, or a new vertex out of an edge. */
class Editing extends SelectState {
  override readonly busy = true;
  private current: ShapeAnnotation;

  constructor(
    context: ToolContext,
    private readonly shape: ShapeAnnotation,
    private readonly hit: HandleHit,
  ) {
    super(context);
    this.current = shape;
  }

  override preview(): Preview {
    return { ...NO_PREVIEW, shape: this.current };
  }

  override onMove(input: PointerInput): ToolState {
    this.current = pulled(this.shape, this.hit, input.image, this.context);
    return this;
  }

  override onUp(): ToolState {
    if (this.current !== this.shape) this.keep(this.current);
    return new SelectIdle(this.context);
  }

  override onCancel(): ToolState {
    return new SelectIdle(this.context);
  }
}

export class Panning extends SelectState {
  override readonly busy = true;
  override readonly cursor = "grabbing";

  constructor(
    context: ToolContext,
    private last: Point,
    private readonly after: ToolState = new SelectIdle(context),
  ) {
    super(context);
  }

  override preview(): Preview {
    return this.after.preview();
  }

  override onMove(input: PointerInput): ToolState {
    this.context.panBy({ x: input.screen.x - this.last.x, y: input.screen.y - this.last.y });
    this.last = input.screen;
    return this;
  }

  override onUp(): ToolState {
    return this.after;
  }

  override onCancel(): ToolState {
    return this.after;
  }
}

function moved(shape: ShapeAnnotation, by: Point, { image }: ToolContext): ShapeAnnotation {
  return shape.type === "box"
    ? { ...shape, ...moveBox(boundsOf(shape), by, image) }
    : withVertices(shape, movePolygon(shape.vertices, by, image));
}

function pulled(
  shape: ShapeAnnotation,
  hit: HandleHit,
  to: Point,
  { image }: ToolContext,
): ShapeAnnotation {
  const point = roundPoint(clampPoint(to, image));
  if (shape.type === "box") {
    return hit.kind === "box-handle"
      ? { ...shape, ...resizeBox(shape, hit.handle, point, image) }
      : shape;
  }
  switch (hit.kind) {
    case "vertex":
      return withVertices(shape, shape.vertices.with(hit.index, point));
    case "edge":
      return withVertices(shape, shape.vertices.toSpliced(hit.index + 1, 0, point));
    case "box-handle":
      return shape;
  }
}

function keyboardHit(shape: ShapeAnnotation, index: number): HandleHit {
  if (shape.type === "polygon") return { kind: "vertex", index };
  return { kind: "box-handle", handle: CORNERS[index] ?? "se" };
}

/** Where the handle with this number is, for the keyboard and for drawing it. */
export function handlePoint(shape: ShapeAnnotation, index: number): Point {
  if (shape.type === "box") return boxHandlePoint(shape, CORNERS[index] ?? "se");
  return shape.vertices[index] ?? { x: 0, y: 0 };
}

function withoutVertex(shape: PolygonAnnotation, index: number): PolygonAnnotation {
  return withVertices(shape, shape.vertices.toSpliced(index, 1));
}

function withVertexAfter(
  shape: PolygonAnnotation,
  index: number,
  at: Point | null,
): PolygonAnnotation {
  const a = shape.vertices[index];
  const b = shape.vertices[(index + 1) % shape.vertices.length];
  if (!a || !b) return shape;
  return withVertices(
    shape,
    shape.vertices.toSpliced(index + 1, 0, roundPoint(at ?? midpoint(a, b))),
  );
}
