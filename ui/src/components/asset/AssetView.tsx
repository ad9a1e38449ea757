/** An asset's content with an answer drawn over it. Only to look at; labelling has its own canvas. */
import { useQuery } from "@tanstack/react-query";
import { assetTextQuery } from "~/api/library";
import type { Annotation, Asset, Response, SpanAnnotation, Taxonomy } from "~/api/types";
import { errorWords } from "~/components/notify";
import css from "./asset.module.css";
import { cutSpans, labelColor, labelTitle } from "./answerShapes";

export function AssetView({
  asset,
  response,
  taxonomy,
  small = false,
}: {
  asset: Asset;
  response: Response | null;
  /** Colours and titles of the labels, when they are known. */
  taxonomy: Taxonomy | null;
  /** Shown in a narrow place: the labels are written larger. */
  small?: boolean;
}) {
  if (asset.media_type.startsWith("text/")) {
    return <TextView asset={asset} response={response} taxonomy={taxonomy} />;
  }
  return (
    <ImageView
      asset={asset}
      response={response}
      taxonomy={taxonomy}
      width={small ? 400 : 900}
      small={small}
    />
  );
}

function ImageView({
  asset,
  response,
  taxonomy,
  width: shown,
  small,
}: {
  asset: Asset;
  response: Response | null;
  taxonomy: Taxonomy | null;
  small: boolean;
  /** About how wide it will be on the screen. */
  width: number;
}) {
  const source = asset.content ?? asset.url;
  const width = asset.width ?? 0;
  const height = asset.height ?? 0;
  if (source === null) return <div className={css.stage}>It has no content.</div>;
  if (width === 0 || height === 0) {
    return (
      <div className={css.stage} data-small={small}>
        <img className={css.image} src={source} alt={asset.name} referrerPolicy="no-referrer" />
      </div>
    );
  }
  return (
    <div className={css.stage} data-small={small}>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={asset.name}>
        <image href={source} width={width} height={height} />
        {response?.annotations.map((annotation) => (
          <Shape
            key={annotation.uuid}
            annotation={annotation}
            taxonomy={taxonomy}
            unit={Math.max(width, height) / shown}
          />
        ))}
      </svg>
    </div>
  );
}

function Shape({
  annotation,
  taxonomy,
  unit,
}: {
  annotation: Annotation;
  taxonomy: Taxonomy | null;
  unit: number;
}) {
  const color = labelColor(annotation.label, taxonomy);
  const title = labelTitle(annotation.label, taxonomy);
  const common = {
    fill: color,
    fillOpacity: 0.15,
    stroke: color,
    strokeWidth: 2,
    vectorEffect: "non-scaling-stroke" as const,
  };
  if (annotation.type === "span") return null;
  const corner =
    annotation.type === "box"
      ? { x: annotation.left, y: annotation.top }
      : (annotation.vertices[0] ?? { x: 0, y: 0 });
  return (
    <g>
      <title>{title}</title>
      {annotation.type === "box" ? (
        <rect
          x={annotation.left}
          y={annotation.top}
          width={annotation.width}
          height={annotation.height}
          {...common}
        />
      ) : (
        <polygon points={annotation.vertices.map((p) => `${p.x},${p.y}`).join(" ")} {...common} />
      )}
      <text
        x={corner.x}
        y={corner.y - 5 * unit}
        fontSize={15 * unit}
        fontWeight={650}
        fill={color}
        stroke="#fff"
        strokeWidth={3 * unit}
        paintOrder="stroke"
      >
        {title}
      </text>
    </g>
  );
}

function TextView({
  asset,
  response,
  taxonomy,
}: {
  asset: Asset;
  response: Response | null;
  taxonomy: Taxonomy | null;
}) {
  const text = useQuery({
    ...assetTextQuery(asset.content ?? ""),
    enabled: asset.content !== null,
  });
  if (asset.content === null)
    return <div className={css.stage}>{asset.url ?? "It has no content."}</div>;
  if (text.error !== null) return <div className={css.stage}>{errorWords(text.error).message}</div>;
  const spans = (response?.annotations ?? []).filter(
    (annotation): annotation is SpanAnnotation => annotation.type === "span",
  );
  return (
    <pre className={css.text} tabIndex={0} aria-label={asset.name} role="region">
      {cutSpans(text.data ?? "", spans).map((piece, i) =>
        piece.label === null ? (
          piece.text
        ) : (
          <mark
            key={i}
            title={labelTitle(piece.label, taxonomy)}
            style={{ "--span": labelColor(piece.label, taxonomy) } as React.CSSProperties}
          >
            {piece.text}
          </mark>
        ),
      )}
    </pre>
  );
}
