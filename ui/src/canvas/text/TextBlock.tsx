/** One block of text with the spans over it. Drawn anew only when its own spans change. */
import { memo, type CSSProperties } from "react";
import type { Taxonomy } from "~/api/types";
import { colorOf, findLabel, inkOn, labelTitle } from "../taxonomy/titles";
import { cutPieces, type Block, type Piece, type PlacedSpan } from "./layout";
import css from "./text.module.css";

const LINE_PX = 3;
const LANE_PX = 5;
/** Lines drawn under each other; deeper ones share the last. */
const LANES_MAX = 8;

interface TextBlockProps {
  text: string;
  block: Block;
  spans: readonly PlacedSpan[];
  taxonomy: Taxonomy;
  selected: string | null;
}

export const TextBlock = memo(function TextBlock({
  text,
  block,
  spans,
  taxonomy,
  selected,
}: TextBlockProps) {
  const lanes = spans.reduce((most, { lane }) => Math.max(most, lane + 1), 0);
  const style: CSSProperties & Record<`--${string}`, number> = {
    "--lanes": Math.min(lanes, LANES_MAX),
  };
  return (
    <div className={css.block} data-block={block.start} style={style}>
      {cutPieces(block, spans).map((piece) => (
        <PieceView
          key={piece.start}
          piece={piece}
          text={text}
          taxonomy={taxonomy}
          selected={selected}
        />
      ))}
    </div>
  );
}, sameBlock);

function sameBlock(before: TextBlockProps, after: TextBlockProps): boolean {
  if (before.text !== after.text || before.block.start !== after.block.start) return false;
  if (before.taxonomy !== after.taxonomy || before.spans.length !== after.spans.length)
    return false;
  const shown = (props: TextBlockProps) => props.spans.find(({ uuid }) => uuid === props.selected);
  if (shown(before)?.uuid !== shown(after)?.uuid) return false;
  return before.spans.every((span, i) => {
    const other = after.spans[i];
    return (
      other !== undefined &&
      span.uuid === other.uuid &&
      span.label === other.label &&
      span.start === other.start &&
      span.end === other.end &&
      span.lane === other.lane
    );
  });
}

function PieceView({
  piece,
  text,
  taxonomy,
  selected,
}: {
  piece: Piece;
  text: string;
  taxonomy: Taxonomy;
  selected: string | null;
}) {
  const content = text.slice(piece.start, piece.end);
  if (piece.spans.length === 0) return <span data-start={piece.start}>{content}</span>;
  const innermost = piece.spans.reduce((a, b) => (b.end - b.start < a.end - a.start ? b : a));
  const chosen = piece.spans.find(({ uuid }) => uuid === selected);
  const tint = colorOf(taxonomy, (chosen ?? innermost).label);
  const style: CSSProperties = {
    backgroundColor: `color-mix(in srgb, ${tint} ${chosen ? 42 : 18}%, transparent)`,
    ...underlines(piece.spans, taxonomy, selected),
  };
  return (
    <>
      {piece.starting.map((span) => (
        <Caption key={span.uuid} uuid={span.uuid} label={span.label} taxonomy={taxonomy} />
      ))}
      <mark className={css.mark} data-start={piece.start} style={style}>
        {content}
      </mark>
    </>
  );
}

/** The word comes from an attribute, so that it is neither selected, copied nor counted with the text. */
function Caption({ uuid, label, taxonomy }: { uuid: string; label: string; taxonomy: Taxonomy }) {
  const found = findLabel(taxonomy, label);
  const color = colorOf(taxonomy, label);
  return (
    <i
      className={css.caption}
      data-caption={uuid}
      data-label={found ? labelTitle(found) : label}
      style={{ background: color, color: inkOn(color) }}
      aria-hidden
    />
  );
}

function underlines(
  spans: readonly PlacedSpan[],
  taxonomy: Taxonomy,
  selected: string | null,
): CSSProperties {
  const lines = spans.map((span) => ({
    color: colorOf(taxonomy, span.label),
    lane: Math.min(span.lane, LANES_MAX - 1),
    height: span.uuid === selected ? LINE_PX + 1 : LINE_PX,
  }));
  const lowest = Math.max(...lines.map(({ lane }) => lane));
  return {
    paddingBottom: (lowest + 1) * LANE_PX,
    backgroundImage: lines.map(({ color }) => `linear-gradient(${color}, ${color})`).join(", "),
    backgroundSize: lines.map(({ height }) => `100% ${height}px`).join(", "),
    backgroundPosition: lines
      .map(({ lane }) => `0 calc(100% - ${(lowest - lane) * LANE_PX}px)`)
      .join(", "),
  };
}
