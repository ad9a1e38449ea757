/**
 * The image with its annotations on the screen: an <img>, an SVG over it, and pointer, wheel and key events
 * passed to the ImageEditor. Holds no state of its own but whether the image has loaded.
 */
import {
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type CSSProperties,
  type Ref,
} from "react";
import type { Taxonomy } from "~/api/types";
import { isShape } from "../document/answer";
import type { AnswerDocument } from "../document/document";
import type { Size } from "../geometry/shapes";
import { toScreen } from "../geometry/view";
import { colorOf } from "../taxonomy/titles";
import type { ImageEditor, RawPointer } from "../tools/editor";
import css from "./canvas.module.css";
import { imageKey } from "./keys";
import { CaptionLayer, Crosshair, Handles, OpenPath, PreviewShape, ShapeLayer } from "./Shapes";

const NO_FAULTS: ReadonlySet<string> = new Set();
/** From this zoom on one sees pixels, not a blur. */
const PIXELATED_FROM = 3;

export function ImageCanvas({
  editor,
  document,
  taxonomy,
  src,
  name,
  size,
  faulty = NO_FAULTS,
  stageRef,
  onFailed,
}: {
  editor: ImageEditor;
  document: AnswerDocument;
  taxonomy: Taxonomy;
  src: string;
  name: string;
  /** In pixels; null when the server does not know it (an image at an address): then the image says. */
  size: Size | null;
  /** Annotations that something is wrong with. */
  faulty?: ReadonlySet<string>;
  stageRef?: Ref<HTMLDivElement>;
  onFailed: () => void;
}) {
  const state = useSyncExternalStore(editor.subscribe, editor.getState);
  const { answer, selected } = useSyncExternalStore(document.subscribe, document.getState);
  const own = useRef<HTMLDivElement>(null);
  const [loaded, setLoaded] = useState<string | null>(null);
  const { width: knownWidth, height: knownHeight } = size ?? { width: 0, height: 0 };

  useEffect(() => {
    if (knownWidth > 0 && knownHeight > 0) {
      editor.setImage({ width: knownWidth, height: knownHeight });
    }
  }, [editor, knownWidth, knownHeight]);
  useStageEvents(own, editor, document);

  const { view, image, preview, crosshair } = state;
  const shape = document.selection;
  const selectedShape =
    shape && isShape(shape) && preview.shape?.uuid !== shape.uuid ? shape : null;
  const handled = preview.shape ?? selectedShape;
  const variables: CSSProperties & Record<`--${string}`, number> = {
    "--scale": view.scale,
    "--view-x": view.x,
    "--view-y": view.y,
    cursor: state.cursor,
  };
  const imageStyle: CSSProperties & { "--scale": number } = {
    "--scale": view.scale,
    width: image?.width,
    height: image?.height,
    transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})`,
    imageRendering: view.scale >= PIXELATED_FROM ? "pixelated" : "auto",
    visibility: loaded === src && image ? "visible" : "hidden",
  };
  const setStage = useMemo(() => {
    return (element: HTMLDivElement | null) => {
      own.current = element;
      if (typeof stageRef === "function") stageRef(element);
      else if (stageRef) stageRef.current = element;
    };
  }, [stageRef]);

  return (
    <div
      ref={setStage}
      className={css.stage}
      style={variables}
      tabIndex={0}
      role="application"
      aria-roledescription="image to label"
      aria-label={`${name}, ${answer.annotations.length} annotations. Tool: ${state.tool}.`}
    >
      <img
        className={css.image}
        src={src}
        alt=""
        draggable={false}
        style={imageStyle}
        onLoad={(event) => {
          const { naturalWidth: width, naturalHeight: height } = event.currentTarget;
          if (width === 0 || height === 0) {
            onFailed();
            return;
          }
          setLoaded(src);
          if (size === null || size.width === 0) editor.setImage({ width, height });
        }}
        onError={onFailed}
      />
      {loaded !== src && <div className={css.loading}>Loading the image…</div>}
      <svg className={css.overlay} aria-hidden>
        {!state.hidden && (
          <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
            <ShapeLayer
              annotations={answer.annotations}
              taxonomy={taxonomy}
              selected={selected}
              replaced={preview.shape?.uuid ?? null}
              faulty={faulty}
              opacity={state.opacity}
            />
            {preview.shape && (
              <PreviewShape
                shape={preview.shape}
                color={colorOf(taxonomy, preview.shape.label)}
                opacity={state.opacity}
              />
            )}
          </g>
        )}
        {preview.path.length > 0 && (
          <OpenPath
            path={preview.path}
            view={view}
            color={colorOf(taxonomy, state.label ?? "")}
            closing={preview.closing}
          />
        )}
        {handled && !state.hidden && state.tool === "select" && !document.readOnly && (
          <Handles
            shape={handled}
            view={view}
            color={colorOf(taxonomy, handled.label)}
            active={state.activeHandle}
          />
        )}
        {crosshair && state.tool !== "select" && (
          <Crosshair at={toScreen(view, crosshair)} marked={state.byKeyboard} />
        )}
      </svg>
      {!state.hidden && (
        <div className={css.captions} aria-hidden>
          <CaptionLayer annotations={answer.annotations} taxonomy={taxonomy} selected={selected} />
        </div>
      )}
    </div>
  );
}

/** Native listeners: the wheel must not be passive, and pointers are followed outside the stage. */
function useStageEvents(
  stage: { current: HTMLDivElement | null },
  editor: ImageEditor,
  document: AnswerDocument,
): void {
  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    const raw = (event: MouseEvent): RawPointer => {
      const bounds = element.getBoundingClientRect();
      return {
        screen: { x: event.clientX - bounds.left, y: event.clientY - bounds.top },
        button: event.button === 1 ? "middle" : event.button === 2 ? "secondary" : "main",
        shift: event.shiftKey,
        alt: event.altKey,
      };
    };
    const listeners = new AbortController();
    const on = <K extends keyof HTMLElementEventMap>(
      type: K,
      handle: (event: HTMLElementEventMap[K]) => void,
    ) => element.addEventListener(type, handle, { signal: listeners.signal, passive: false });

    on("pointerdown", (event) => {
      element.focus({ preventScroll: true });
      element.setPointerCapture(event.pointerId);
      editor.pointerDown(raw(event));
      if (event.button === 1) event.preventDefault();
    });
    on("pointermove", (event) => editor.pointerMove(raw(event)));
    on("pointerup", (event) => editor.pointerUp(raw(event)));
    on("pointercancel", () => editor.pointerCancel());
    on("pointerleave", () => editor.pointerLeave());
    on("dblclick", (event) => editor.doubleClick(raw(event)));
    on("contextmenu", (event) => event.preventDefault());
    on("wheel", (event) => {
      event.preventDefault();
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (sideways && !event.ctrlKey) {
        editor.panBy({ x: -(event.deltaX || event.deltaY) * unit, y: 0 });
        return;
      }
      // A pinch comes as ctrl+wheel with small steps.
      const speed = event.ctrlKey ? 0.01 : 0.0016;
      editor.zoomBy(Math.exp(-event.deltaY * unit * speed), raw(event).screen);
    });
    on("keydown", (event) => {
      if (event.defaultPrevented || !imageKey(editor, document, event)) return;
      event.preventDefault();
      event.stopPropagation();
    });
    on("keyup", (event) => editor.keyUp(event.key));
    on("blur", () => editor.keyUp(" "));

    const resize = new ResizeObserver(([entry]) => {
      if (entry) editor.setViewport(entry.contentRect);
    });
    resize.observe(element);
    return () => {
      listeners.abort();
      resize.disconnect();
    };
  }, [stage, editor, document]);
}
