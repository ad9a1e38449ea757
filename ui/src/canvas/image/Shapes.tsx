/** Draws annotations, captions, handles and the gesture's preview. Drawing only; no events, no state. */
import { memo, type CSSProperties } from "react";
import type { Taxonomy } from "~/api/types";
import { boundsOf, isShape, type Annotation, type ShapeAnnotation } from "../document/answer";
import { BOX_HANDLES, boxHandlePoint, distance, midpoint, type Point } from "../geometry/shapes";
import { toScreen, type View } from "../geometry/view";
import { colorOf, findLabel, inkOn, labelTitle } from "../taxonomy/titles";
import { handlePoint } from "../tools/select";
import css from "./canvas.module.css";

/** More captions than this hide the image; then only the selected shape has one. */
const CAPTIONS_MAX = 150;

const Outline = memo(function Outline({
  shape,
  color,
  selected,
  faulty,
  opacity,
}: {
  shape: ShapeAnnotation;
  color: string;
  selected: boolean;
  faulty: boolean;
  opacity: number;
}) {
  const drawn = {
    className: css.outline,
    stroke: color,
    fill: color,
    fillOpacity: selected ? Math.min(1, opacity + 0.08) : opacity,
    strokeWidth: selected ? 2.5 : 1.75,
    strokeDasharray: faulty ? "5 4" : undefined,
  };
  return (
    <g>
      {selected && <Figure shape={shape} className={css.halo} />}
      <Figure shape={shape} {...drawn} />
    </g>
  );
});

function Figure({
  shape,
  ...drawn
}: { shape: ShapeAnnotation } & React.SVGProps<SVGRectElement> &
  React.SVGProps<SVGPolygonElement>) {
  if (shape.type === "polygon") {
    return <polygon points={shape.vertices.map(({ x, y }) => `${x},${y}`).join(" ")} {...drawn} />;
  }
  return <rect x={shape.left} y={shape.top} width={shape.width} height={shape.height} {...drawn} />;
}

/** All shapes but the selected one and the one that a gesture is changing, in their own order. */
export const ShapeLayer = memo(function ShapeLayer({
  annotations,
  taxonomy,
  selected,
  replaced,
  faulty,
  opacity,
}: {
  annotations: readonly Annotation[];
  taxonomy: Taxonomy;
  selected: string | null;
  /** Drawn by the preview instead. */
  replaced: string | null;
  faulty: ReadonlySet<string>;
  opacity: number;
}) {
  const colors = new Map(taxonomy.labels.map(({ name, color }) => [name, color]));
  const outline = (shape: ShapeAnnotation) => (
    <Outline
      key={shape.uuid}
      shape={shape}
      color={colors.get(shape.label) ?? colorOf(taxonomy, shape.label)}
      selected={shape.uuid === selected}
      faulty={faulty.has(shape.uuid)}
      opacity={opacity}
    />
  );
  const shapes = annotations.filter(isShape).filter(({ uuid }) => uuid !== replaced);
  const top = shapes.find(({ uuid }) => uuid === selected);
  // The selected shape lies above all others. It is drawn apart, because moving one of a thousand
  // siblings to the end would make React move them all.
  return (
    <>
      {shapes.map((shape) => (shape.uuid === selected ? null : outline(shape)))}
      <g>{top && outline(top)}</g>
    </>
  );
});

/** Captions are HTML over the image and follow the view by CSS variables, so that zooming draws nothing anew. */
export const CaptionLayer = memo(function CaptionLayer({
  annotations,
  taxonomy,
  selected,
}: {
  annotations: readonly Annotation[];
  taxonomy: Taxonomy;
  selected: string | null;
}) {
  const shapes = annotations.filter(isShape);
  const shown =
    shapes.length > CAPTIONS_MAX ? shapes.filter(({ uuid }) => uuid === selected) : shapes;
  return shown.map((shape) => {
    const color = colorOf(taxonomy, shape.label);
    const label = findLabel(taxonomy, shape.label);
    const { left, top } = boundsOf(shape);
    const style: CSSProperties & Record<`--${string}`, string | number> = {
      "--x": left,
      "--y": top,
      background: color,
      color: inkOn(color),
    };
    return (
      <span key={shape.uuid} className={css.caption} style={style}>
        {label ? labelTitle(label) : shape.label}
      </span>
    );
  });
});

export function PreviewShape({
  shape,
  color,
  opacity,
}: {
  shape: ShapeAnnotation;
  color: string;
  opacity: number;
}) {
  return (
    <Outline shape={shape} color={color} selected={true} faulty={false} opacity={opacity * 0.5} />
  );
}

/** The open polygon, in screen space. */
export function OpenPath({
  path,
  view,
  color,
  closing,
}: {
  path: readonly Point[];
  view: View;
  color: string;
  closing: boolean;
}) {
  const points = path.map((point) => toScreen(view, point));
  const set = points.slice(0, -1);
  const first = points[0];
  return (
    <g>
      <polyline className={css.pathHalo} points={points.map(({ x, y }) => `${x},${y}`).join(" ")} />
      <polyline
        className={css.path}
        stroke={color}
        points={points.map(({ x, y }) => `${x},${y}`).join(" ")}
      />
      {set.map((point, index) => (
        <circle
          key={index}
          cx={point.x}
          cy={point.y}
          r={3.5}
          className={css.handle}
          stroke={color}
        />
      ))}
      {first && set.length >= 3 && (
        <circle
          cx={first.x}
          cy={first.y}
          r={closing ? 9 : 6}
          className={css.closer}
          stroke={color}
          fill={closing ? color : "none"}
          fillOpacity={0.5}
        />
      )}
    </g>
  );
}

/** Handles of the selected shape, of one size on the screen at any zoom. */
export function Handles({
  shape,
  view,
  color,
  active,
}: {
  shape: ShapeAnnotation;
  view: View;
  color: string;
  active: number | null;
}) {
  const activePoint = active === null ? null : toScreen(view, handlePoint(shape, active));
  return (
    <g>
      {shape.type === "box"
        ? BOX_HANDLES.map((handle) => {
            const { x, y } = toScreen(view, boxHandlePoint(shape, handle));
            return (
              <rect
                key={handle}
                x={x - 4}
                y={y - 4}
                width={8}
                height={8}
                rx={1.5}
                className={css.handle}
                stroke={color}
              />
            );
          })
        : shape.vertices.map((vertex, index) => {
            const { x, y } = toScreen(view, vertex);
            const next = shape.vertices[(index + 1) % shape.vertices.length] ?? vertex;
            const end = toScreen(view, next);
            const middle = midpoint({ x, y }, end);
            return (
              <g key={index}>
                {distance({ x, y }, end) > 36 && (
                  <circle
                    cx={middle.x}
                    cy={middle.y}
                    r={3}
                    className={css.midHandle}
                    stroke={color}
                  />
                )}
                <circle cx={x} cy={y} r={4.5} className={css.handle} stroke={color} />
              </g>
            );
          })}
      {activePoint && (
        <circle cx={activePoint.x} cy={activePoint.y} r={9} className={css.active} stroke={color} />
      )}
    </g>
  );
}

export function Crosshair({ at, marked }: { at: Point; marked: boolean }) {
  return (
    <g aria-hidden>
      <line x1={at.x} x2={at.x} y1="0" y2="100%" className={css.guideHalo} />
      <line x1="0" x2="100%" y1={at.y} y2={at.y} className={css.guideHalo} />
      <line x1={at.x} x2={at.x} y1="0" y2="100%" className={css.guide} />
      <line x1="0" x2="100%" y1={at.y} y2={at.y} className={css.guide} />
      {marked && <circle cx={at.x} cy={at.y} r={6} className={css.marker} />}
    </g>
  );
}
