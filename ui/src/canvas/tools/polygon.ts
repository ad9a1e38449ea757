/**
 * Drawing a polygon vertex by vertex: with clicks or with the keyboard's crosshair.
 * Closed by a double click, by a click on the first vertex, or by Enter where the last vertex already is.
 */
import { addAnnotation, type PolygonAnnotation } from "../document/answer";
import { clampPoint, distance, roundPoint, type Point } from "../geometry/shapes";
import { toScreen } from "../geometry/view";
import {
  HANDLE_REACH_PX,
  NO_PREVIEW,
  polygonProblem,
  ToolState,
  type KeyInput,
  type PointerInput,
  type Preview,
  type ToolContext,
} from "./state";

/** Far more than a person clicks; keeps one answer from becoming megabytes. */
const VERTICES_MAX = 10_000;

abstract class PolygonState extends ToolState {
  readonly tool = "polygon";
  override readonly cursor = "crosshair";

  protected vertex(point: Point): Point {
    return roundPoint(clampPoint(point, this.context.image));
  }
}

export class PolygonIdle extends PolygonState {
  override onDown(input: PointerInput): ToolState {
    if (input.button !== "main") return this;
    if (this.context.labelFor("polygon") === null) {
      this.context.announce("No label of this project is drawn as a polygon.");
      return this;
    }
    return new PolygonOpen(this.context, [this.vertex(input.image)]);
  }

  override onKey(input: KeyInput): ToolState | null {
    if (input.key !== "Enter" && input.key !== " ") return null;
    if (this.context.labelFor("polygon") === null) return this;
    this.context.announce("First point set. Enter sets the next, Enter twice closes the polygon.");
    return new PolygonOpen(this.context, [this.vertex(this.context.crosshair)]);
  }
}

class PolygonOpen extends PolygonState {
  override readonly busy = true;
  private pointer: Point;

  constructor(
    context: ToolContext,
    private readonly vertices: readonly Point[],
  ) {
    super(context);
    this.pointer = vertices.at(-1) ?? { x: 0, y: 0 };
  }

  override preview(): Preview {
    const path = [...this.vertices, this.pointer];
    return { ...NO_PREVIEW, path, closing: this.isOnFirst(this.pointer) };
  }

  override onDown(input: PointerInput): ToolState {
    if (input.button === "secondary") return this.withoutLast();
    if (input.button !== "main") return this;
    const at = this.vertex(input.image);
    if (this.isOnFirst(at)) return this.close();
    return this.withVertex(at);
  }

  override onMove(input: PointerInput): ToolState {
    this.pointer = this.vertex(input.image);
    return this;
  }

  override onDouble(): ToolState {
    return this.close();
  }

  override onCrosshair(point: Point): ToolState {
    this.pointer = point;
    return this;
  }

  override onKey(input: KeyInput): ToolState | null {
    switch (input.key) {
      case "Enter":
        // Where the pointer or crosshair has not left the last vertex, Enter means "done".
        return this.isOnLast(this.pointer) || this.isOnFirst(this.pointer)
          ? this.close()
          : this.withVertex(this.vertex(this.pointer));
      case " ":
        return this.withVertex(this.vertex(this.pointer));
      case "Backspace":
      case "Delete":
        return this.withoutLast();
      default:
        return null;
    }
  }

  override onCancel(): ToolState {
    return new PolygonIdle(this.context);
  }

  private withVertex(at: Point): ToolState {
    if (this.isOnLast(at) || this.vertices.length >= VERTICES_MAX) return this;
    return new PolygonOpen(this.context, [...this.vertices, at]);
  }

  private withoutLast(): ToolState {
    if (this.vertices.length <= 1) return new PolygonIdle(this.context);
    const next = new PolygonOpen(this.context, this.vertices.slice(0, -1));
    next.pointer = this.pointer;
    return next;
  }

  private close(): ToolState {
    const { context } = this;
    const label = context.labelFor("polygon");
    if (label === null) return new PolygonIdle(context);
    const problem = polygonProblem(this.vertices);
    if (problem) {
      context.announce(problem);
      return this;
    }
    const shape: PolygonAnnotation = {
      uuid: context.newUuid(),
      type: "polygon",
      label,
      attributes: {},
      vertices: [...this.vertices],
    };
    context.document.apply((answer) => addAnnotation(answer, shape));
    context.document.select(shape.uuid);
    return new PolygonIdle(context);
  }

  private isOnFirst(point: Point): boolean {
    const first = this.vertices[0];
    if (!first || this.vertices.length < 3) return false;
    const { view } = this.context;
    return distance(toScreen(view, first), toScreen(view, point)) <= HANDLE_REACH_PX;
  }

  private isOnLast(point: Point): boolean {
    const last = this.vertices.at(-1);
    return last !== undefined && last.x === point.x && last.y === point.y;
  }
}
