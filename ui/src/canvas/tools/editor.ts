/**
 * The image editor without a face: view, tool, label, crosshair and the gesture under way.
 * Takes pointer and key events, changes the AnswerDocument, and publishes snapshots for whoever draws.
 */
import { isShape } from "../document/answer";
import type { AnswerDocument } from "../document/document";
import { clampPoint, polygonBounds, roundPoint, type Point, type Size } from "../geometry/shapes";
import {
  arrowStep,
  arrowVector,
  centred,
  fitView,
  moveCrosshair,
  panBy,
  revealPoint,
  toImage,
  zoomAt,
  type View,
} from "../geometry/view";
import { BoxIdle } from "./box";
import { PolygonIdle } from "./polygon";
import { Panning, SelectIdle } from "./select";
import {
  type KeyInput,
  type PointerInput,
  type Preview,
  type ShapeTool,
  type ToolContext,
  type ToolName,
  type ToolState,
} from "./state";

/** What the editor must know of a label: its name and what it may be drawn with. */
export interface LabelTools {
  readonly name: string;
  readonly tools: readonly string[];
}

export interface EditorState {
  readonly image: Size | null;
  readonly view: View;
  readonly tool: ToolName;
  readonly label: string | null;
  readonly cursor: string;
  readonly preview: Preview;
  readonly busy: boolean;
  /** The guides cross here; null while neither pointer nor keyboard is over the image. */
  readonly crosshair: Point | null;
  readonly byKeyboard: boolean;
  readonly activeHandle: number | null;
  readonly hidden: boolean;
  readonly opacity: number;
  /** The last thing said, with a number so that the same words are said again. */
  readonly message: { readonly text: string; readonly n: number };
}

const OPACITY_STEP = 0.1;
const ZOOM_STEP = 1.25;
const NO_SIZE: Size = { width: 0, height: 0 };
const START_VIEW: View = { scale: 1, x: 0, y: 0 };

export interface RawPointer {
  readonly screen: Point;
  readonly button: PointerInput["button"];
  readonly shift: boolean;
  readonly alt: boolean;
}

export class ImageEditor {
  private state: ToolState;
  private image: Size | null = null;
  private viewport: Size = { width: 1, height: 1 };
  private view: View = START_VIEW;
  /** The view is still the fitted one: it stays fitted when the window changes. */
  private fitted = true;
  private label: string | null = null;
  private crosshair: Point | null = null;
  private byKeyboard = false;
  private spaceHeld = false;
  private hidden = false;
  private opacity = 0.2;
  private message = { text: "", n: 0 };
  private snapshot: EditorState;
  private readonly listeners = new Set<() => void>();
  private readonly context: ToolContext;

  constructor(
    readonly document: AnswerDocument,
    private readonly labels: readonly LabelTools[],
    newUuid: () => string,
  ) {
    this.context = this.makeContext(newUuid);
    this.state = new SelectIdle(this.context);
    const first = labels.find((label) => this.toolsOf(label).length > 0);
    if (first) {
      this.label = first.name;
      if (document.answer.annotations.length === 0)
        this.enterTool(this.toolsOf(first)[0] ?? "select");
    }
    this.snapshot = this.makeSnapshot();
    document.subscribe(() => this.publish());
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getState = (): EditorState => this.snapshot;

  /** Which of the drawing tools this project has at all. */
  get shapeTools(): ShapeTool[] {
    return (["box", "polygon"] as const).filter((tool) =>
      this.labels.some((label) => label.tools.includes(tool)),
    );
  }

  setImage(image: Size): void {
    this.image = image;
    this.fit();
  }

  setViewport(viewport: Size): void {
    if (viewport.width === this.viewport.width && viewport.height === this.viewport.height) return;
    this.viewport = viewport;
    if (this.fitted) this.fit();
    else this.publish();
  }

  // --- tools and labels -------------------------------------------------------

  setTool(tool: ToolName): void {
    if (tool !== "select" && this.context.labelFor(tool) === null) {
      const label = this.labels.find((other) => other.tools.includes(tool));
      if (!label) return;
      this.label = label.name;
    }
    if (tool !== "select") this.document.select(null);
    this.enterTool(tool);
    this.publish();
  }

  /** Takes up a label: the selected shape gets it in the select tool, else the next shape is drawn with it. */
  chooseLabel(name: string, relabelSelected: (uuid: string, label: string) => void): void {
    const label = this.labels.find((other) => other.name === name);
    const tools = label ? this.toolsOf(label) : [];
    if (!label || tools.length === 0) return;
    const { selection } = this.document;
    if (this.state.tool === "select" && selection && isShape(selection)) {
      if (tools.includes(selection.type)) relabelSelected(selection.uuid, name);
      else this.context.announce(`“${name}” is not drawn as a ${selection.type}.`);
      return;
    }
    this.label = name;
    const tool = this.state.tool;
    if (tool === "select" || !tools.includes(tool)) {
      this.document.select(null);
      this.enterTool(tools[0] ?? "select");
    }
    this.publish();
  }

  // --- view -------------------------------------------------------------------

  fit(): void {
    if (!this.image) return;
    this.fitted = true;
    this.view = fitView(this.image, this.viewport);
    this.publish();
  }

  actualSize(): void {
    if (!this.image) return;
    this.fitted = false;
    this.view = centred(this.image, this.viewport, 1);
    this.publish();
  }

  zoom(direction: 1 | -1, at?: Point): void {
    const centre = { x: this.viewport.width / 2, y: this.viewport.height / 2 };
    this.zoomBy(direction === 1 ? ZOOM_STEP : 1 / ZOOM_STEP, at ?? centre);
  }

  zoomBy(factor: number, at: Point): void {
    if (!this.image) return;
    this.fitted = false;
    this.view = zoomAt(this.view, at, factor, this.image, this.viewport);
    this.publish();
  }

  panBy(by: Point): void {
    if (!this.image) return;
    this.fitted = false;
    this.view = panBy(this.view, by, this.image, this.viewport);
    this.publish();
  }

  /** Brings an annotation into sight, for the list and for Tab. */
  reveal(uuid: string): void {
    const shape = this.document.answer.annotations.find((annotation) => annotation.uuid === uuid);
    if (!shape || !isShape(shape)) return;
    const bounds = shape.type === "box" ? shape : polygonBounds(shape.vertices);
    const centre = { x: bounds.left + bounds.width / 2, y: bounds.top + bounds.height / 2 };
    const next = revealPoint(this.view, centre, this.viewport);
    if (next === this.view) return;
    this.fitted = false;
    this.view = next;
    this.publish();
  }

  toggleHidden(): void {
    this.hidden = !this.hidden;
    this.context.announce(this.hidden ? "Annotations hidden." : "Annotations shown.");
  }

  changeOpacity(direction: 1 | -1): void {
    const next = Math.round((this.opacity + direction * OPACITY_STEP) * 10) / 10;
    this.opacity = Math.min(1, Math.max(0, next));
    this.context.announce(`Fill ${Math.round(this.opacity * 100)} %.`);
  }

  // --- pointer ----------------------------------------------------------------

  pointerDown(raw: RawPointer): void {
    if (!this.image) return;
    const input = this.input(raw);
    if (this.hidden && raw.button === "main" && !this.spaceHeld) this.hidden = false;
    const pans = raw.button === "middle" || (raw.button === "main" && this.spaceHeld);
    this.enter(pans ? new Panning(this.context, raw.screen, this.state) : this.state.onDown(input));
  }

  pointerMove(raw: RawPointer): void {
    if (!this.image) return;
    const input = this.input(raw);
    this.enter(this.state.onMove(input));
  }

  pointerUp(raw: RawPointer): void {
    if (!this.image) return;
    this.enter(this.state.onUp(this.input(raw)));
  }

  doubleClick(raw: RawPointer): void {
    if (!this.image) return;
    this.enter(this.state.onDouble(this.input(raw)));
  }

  pointerLeave(): void {
    if (this.byKeyboard || this.crosshair === null) return;
    this.crosshair = null;
    this.publish();
  }

  /** The pointer was taken away in the middle of a gesture (another window, a touch that scrolls). */
  pointerCancel(): void {
    this.enter(this.state.onCancel());
  }

  // --- keyboard ---------------------------------------------------------------

  /** True when the key meant something here. */
  key(input: KeyInput): boolean {
    if (!this.image || input.ctrl) return false;
    if (input.key === "Escape") return this.escape();
    if (input.key === " " && !this.byKeyboard) {
      this.spaceHeld = true;
      return true;
    }
    const drawing = this.state.tool !== "select";
    if (drawing && arrowVector(input.key)) {
      this.moveCrosshair(input);
      return true;
    }
    const next = this.state.onKey(input);
    if (next) {
      this.enter(next);
      return true;
    }
    const pan = arrowVector(input.key);
    if (!pan) return false;
    const step = input.shift ? 200 : 60;
    this.panBy({ x: -pan.x * step, y: -pan.y * step });
    return true;
  }

  keyUp(key: string): void {
    if (key === " ") this.spaceHeld = false;
  }

  private escape(): boolean {
    if (this.state.busy || this.state.activeHandle() !== null) {
      this.enter(this.state.onCancel());
      return true;
    }
    if (this.state.tool !== "select") {
      this.enterTool("select");
      this.publish();
      return true;
    }
    if (!this.document.selection) return false;
    this.enter(this.state.onCancel());
    return true;
  }

  private moveCrosshair(input: KeyInput): void {
    if (!this.image) return;
    const from = this.crosshair ?? this.viewCentre();
    this.byKeyboard = true;
    this.crosshair = moveCrosshair(from, input.key, arrowStep(this.view, input), this.image);
    const revealed = revealPoint(this.view, this.crosshair, this.viewport);
    if (revealed !== this.view) {
      this.view = revealed;
      this.fitted = false;
    }
    this.enter(this.state.onCrosshair(this.crosshair));
  }

  private viewCentre(): Point {
    const centre = { x: this.viewport.width / 2, y: this.viewport.height / 2 };
    return roundPoint(clampPoint(toImage(this.view, centre), this.image ?? NO_SIZE));
  }

  private input(raw: RawPointer): PointerInput {
    const image = toImage(this.view, raw.screen);
    this.byKeyboard = false;
    this.crosshair = this.image ? clampPoint(image, this.image) : null;
    return { ...raw, image };
  }

  private enterTool(tool: ToolName): void {
    if (tool === "box") this.state = new BoxIdle(this.context);
    else if (tool === "polygon") this.state = new PolygonIdle(this.context);
    else this.state = new SelectIdle(this.context);
  }

  private enter(state: ToolState): void {
    this.state = state;
    this.publish();
  }

  private toolsOf(label: LabelTools): ShapeTool[] {
    return (["box", "polygon"] as const).filter((tool) => label.tools.includes(tool));
  }

  private publish(): void {
    this.snapshot = this.makeSnapshot();
    for (const listener of [...this.listeners]) listener();
  }

  private makeSnapshot(): EditorState {
    return {
      image: this.image,
      view: this.view,
      tool: this.state.tool,
      label: this.label,
      cursor: this.spaceHeld && !this.state.busy ? "grab" : this.state.cursor,
      preview: this.state.preview(),
      busy: this.state.busy,
      crosshair: this.crosshair,
      byKeyboard: this.byKeyboard,
      activeHandle: this.state.activeHandle(),
      hidden: this.hidden,
      opacity: this.opacity,
      message: this.message,
    };
  }

  private makeContext(newUuid: () => string): ToolContext {
    // Closures, not a copy: states outlive changes of the view.
    const editor = () => this;
    return {
      document: this.document,
      newUuid,
      get image() {
        return editor().image ?? NO_SIZE;
      },
      get view() {
        return editor().view;
      },
      get crosshair() {
        return roundPoint(editor().crosshair ?? editor().viewCentre());
      },
      labelFor: (tool) => {
        const label = this.labels.find((other) => other.name === this.label);
        return label?.tools.includes(tool) ? label.name : null;
      },
      announce: (text) => {
        this.message = { text, n: this.message.n + 1 };
        this.publish();
      },
      panBy: (by) => this.panBy(by),
      isHidden: () => this.hidden,
    };
  }
}
