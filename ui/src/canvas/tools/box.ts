/**
 * Drawing a box: by drag, by two clicks, or with the keyboard's crosshair.
 * Idle -> Pressed -> Dragging (drag) or SecondCorner (a click, or Enter at the crosshair) -> Idle.
 */
import { addAnnotation, type BoxAnnotation } from "../document/answer";
import { boxFromCorners, clampPoint, distance, roundPoint, type Point } from "../geometry/shapes";
import {
  boxProblem,
  DRAG_SLOP_PX,
  NO_PREVIEW,
  ToolState,
  type KeyInput,
  type PointerInput,
  type Preview,
  type ToolContext,
} from "./state";

abstract class BoxState extends ToolState {
  readonly tool = "box";
  override readonly cursor: string = "crosshair";

  protected corner(point: Point): Point {
    return roundPoint(clampPoint(point, this.context.image));
  }

  protected draft(from: Point, to: Point, label: string): BoxAnnotation {
    const box = boxFromCorners(from, this.corner(to));
    return { uuid: "new", type: "box", label, attributes: {}, ...box };
  }

  protected finish(from: Point, to: Point): ToolState {
    const { context } = this;
    const label = context.labelFor("box");
    if (label === null) return new BoxIdle(context);
    const shape = { ...this.draft(from, to, label), uuid: context.newUuid() };
    const problem = boxProblem(shape);
    if (problem) {
      context.announce(problem);
      return new BoxIdle(context);
    }
    context.document.apply((answer) => addAnnotation(answer, shape));
    context.document.select(shape.uuid);
    return new BoxIdle(context);
  }
}

export class BoxIdle extends BoxState {
  override onDown(input: PointerInput): ToolState {
    if (input.button !== "main") return this;
    if (this.context.labelFor("box") === null) {
      this.context.announce("No label of this project is drawn as a box.");
      return this;
    }
    return new BoxPressed(this.context, this.corner(input.image), input.screen);
  }

  override onKey(input: KeyInput): ToolState | null {
    if (input.key !== "Enter" && input.key !== " ") return null;
    if (this.context.labelFor("box") === null) return this;
    this.context.announce("First corner set. Move with the arrow keys, Enter sets the second.");
    return new BoxSecondCorner(this.context, this.corner(this.context.crosshair));
  }
}

/** The button is down and the pointer has not moved yet: a drag or the first of two clicks. */
class BoxPressed extends BoxState {
  override readonly busy = true;

  constructor(
    context: ToolContext,
    private readonly from: Point,
    private readonly pressedAt: Point,
  ) {
    super(context);
  }

  override onMove(input: PointerInput): ToolState {
    if (distance(input.screen, this.pressedAt) < DRAG_SLOP_PX) return this;
    return new BoxDragging(this.context, this.from).onMove(input);
  }

  override onUp(): ToolState {
    return new BoxSecondCorner(this.context, this.from);
  }

  override onCancel(): ToolState {
    return new BoxIdle(this.context);
  }
}

/** One corner is set, the other follows the pointer or the crosshair. */
abstract class BoxOpen extends BoxState {
  override readonly busy = true;
  protected to: Point;

  constructor(
    context: ToolContext,
    protected readonly from: Point,
  ) {
    super(context);
    this.to = from;
  }

  override preview(): Preview {
    const label = this.context.labelFor("box");
    if (label === null) return NO_PREVIEW;
    return { ...NO_PREVIEW, shape: this.draft(this.from, this.to, label) };
  }

  override onMove(input: PointerInput): ToolState {
    this.to = input.image;
    return this;
  }

  override onCrosshair(point: Point): ToolState {
    this.to = point;
    return this;
  }

  override onCancel(): ToolState {
    return new BoxIdle(this.context);
  }
}

class BoxDragging extends BoxOpen {
  override onUp(input: PointerInput): ToolState {
    return this.finish(this.from, input.image);
  }
}

class BoxSecondCorner extends BoxOpen {
  override onDown(input: PointerInput): ToolState {
    // The second press of a double click on one spot is not a second corner.
    if (input.button !== "main" || boxProblem(this.draft(this.from, input.image, ""))) return this;
    return this.finish(this.from, input.image);
  }

  override onKey(input: KeyInput): ToolState | null {
    if (input.key !== "Enter" && input.key !== " ") return null;
    return this.finish(this.from, this.context.crosshair);
  }
}
