/** The library as tiles. Shows; decides nothing about selection. */
import { IconCheck } from "@tabler/icons-react";
import { useEffect, useRef, useState, type MouseEvent, type Ref } from "react";
import type { Asset } from "~/api/types";
import { AssetThumb } from "~/components/asset/AssetThumb";
import { statusColor, statusText } from "~/components/asset/status";
import css from "./grid.module.css";
import type { GridProps } from "./gridProps";
import { VirtualRows, type VirtualRowsHandle } from "./VirtualRows";

export const TILE_SIZES = { small: 112, medium: 164, large: 248 } as const;
export type TileSize = keyof typeof TILE_SIZES;

export function AssetTiles({
  total,
  row,
  isSelected,
  cursor,
  size,
  handle,
  onWindow,
  onPick,
  onOpen,
  onColumns,
  onKeyDown,
}: GridProps & { size: TileSize; onColumns: (columns: number) => void }) {
  const [width, setWidth] = useState(0);
  const rows = useRef<VirtualRowsHandle>(null);
  const first = useRef(0);
  const columns = Math.max(1, Math.floor((width - 14) / (TILE_SIZES[size] + 10)));
  const lines = width === 0 ? 0 : Math.ceil(total / columns);
  const lineHeight = Math.round(((width - 24 - (columns - 1) * 10) / columns) * 0.75) + 24 + 12;

  useEffect(() => onColumns(columns), [columns, onColumns]);
  // Another tile size or window width: stay at the asset that was on top.
  useEffect(() => {
    if (first.current > 0) rows.current?.toLine(Math.floor(first.current / columns));
  }, [columns]);

  return (
    <VirtualRows
      handle={mergeHandles(rows, handle)}
      lines={lines}
      lineHeight={Math.max(60, lineHeight)}
      onWidth={setWidth}
      onWindow={(from, end) => {
        first.current = from * columns;
        onWindow(from * columns, Math.min(total, end * columns), end - from);
      }}
      role="listbox"
      aria-label="Assets"
      aria-multiselectable
      active={{ line: Math.floor(cursor / columns), id: `asset-${cursor}` }}
      tabIndex={0}
      onKeyDown={onKeyDown}
      renderLine={(line) => (
        <div
          className={css.tiles}
          role="presentation"
          style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
        >
          {Array.from({ length: Math.min(columns, total - line * columns) }, (_, k) => {
            const index = line * columns + k;
            const asset = row(index);
            return asset === undefined ? (
              <div
                key={index}
                className={css.waiting}
                id={`asset-${index}`}
                role="option"
                aria-selected={false}
                aria-label="Loading"
              />
            ) : (
              <Tile
                key={index}
                asset={asset}
                index={index}
                total={total}
                selected={isSelected(asset.id)}
                current={index === cursor}
                onPick={onPick}
                onOpen={onOpen}
              />
            );
          })}
        </div>
      )}
    />
  );
}

function Tile({
  asset,
  index,
  total,
  selected,
  current,
  onPick,
  onOpen,
}: {
  asset: Asset;
  index: number;
  total: number;
  selected: boolean;
  current: boolean;
} & Pick<GridProps, "onPick" | "onOpen">) {
  const handleTick = (event: MouseEvent) => {
    event.stopPropagation();
    onPick(index, event.shiftKey ? "range" : "toggle");
  };
  return (
    <div
      id={`asset-${index}`}
      className={css.tile}
      role="option"
      aria-selected={selected}
      {...(asset.thumbnail === null ? {} : { "aria-label": asset.name })}
      aria-setsize={total}
      aria-posinset={index + 1}
      data-cursor={current}
      title={asset.name}
      onClick={(event) =>
        onPick(index, event.shiftKey ? "range" : event.ctrlKey || event.metaKey ? "toggle" : "only")
      }
      onDoubleClick={() => onOpen(index)}
    >
      <div className={css.picture}>
        <AssetThumb asset={asset} />
      </div>
      <div className={css.caption}>
        <span data-path={/\/|\.\w{2,5}$/.test(asset.name)}>
          <bdi>{asset.name}</bdi>
        </span>
        {asset.status !== "none" && (
          <i
            className={css.dot}
            style={{ background: statusColor(asset.status) }}
            title={statusText(asset.status)}
          />
        )}
      </div>
      <div className={css.tick} aria-hidden onClick={handleTick}>
        <IconCheck size={13} stroke={3} />
      </div>
    </div>
  );
}

/** One handle for us and one for the page. */
function mergeHandles<T>(own: { current: T | null }, outer: Ref<T> | undefined) {
  return (value: T | null) => {
    own.current = value;
    if (typeof outer === "function") outer(value);
    else if (outer !== null && outer !== undefined) outer.current = value;
  };
}
