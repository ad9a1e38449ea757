/** The library as a table. Shows; decides nothing about selection. */
import { VisuallyHidden } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconCheck } from "@tabler/icons-react";
import type { MouseEvent } from "react";
import type { Asset } from "~/api/types";
import { AssetThumb } from "~/components/asset/AssetThumb";
import { columnOf, type Column } from "./columns";
import css from "./grid.module.css";
import type { GridProps } from "./gridProps";
import { VirtualRows } from "./VirtualRows";

const LINE = 36;
const LEAD = [38, 52] as const;

export function AssetTable({
  total,
  row,
  isSelected,
  cursor,
  columns: names,
  sort,
  onSort,
  handle,
  onWindow,
  onPick,
  onOpen,
  onKeyDown,
}: GridProps & { columns: string[]; sort: string; onSort: (sort: string) => void }) {
  const columns = names.map(columnOf);
  const width = columns.reduce((sum, column) => sum + column.width, Number(LEAD[0] + LEAD[1]));
  const template = `${LEAD[0]}px ${LEAD[1]}px ${columns
    .map((column) => `minmax(${column.width}px, ${column.grow}fr)`)
    .join(" ")}`;
  return (
    <VirtualRows
      handle={handle}
      lines={total}
      lineHeight={LINE}
      over={4}
      headerHeight={32}
      contentWidth={width}
      onWindow={(first, end) => onWindow(first, end, end - first)}
      role="grid"
      aria-label="Assets"
      aria-multiselectable
      aria-rowcount={total + 1}
      active={{ line: cursor, id: `asset-${cursor}` }}
      tabIndex={0}
      onKeyDown={onKeyDown}
      header={
        <div
          className={css.headRow}
          role="row"
          aria-rowindex={1}
          style={{ gridTemplateColumns: template }}
        >
          <span role="columnheader">
            <VisuallyHidden>Ticked</VisuallyHidden>
          </span>
          <span role="columnheader">
            <VisuallyHidden>Picture</VisuallyHidden>
          </span>
          {columns.map((column) => (
            <HeadCell key={column.name} column={column} sort={sort} onSort={onSort} />
          ))}
        </div>
      }
      renderLine={(index) => {
        const asset = row(index);
        return (
          <div
            id={`asset-${index}`}
            role="row"
            aria-rowindex={index + 2}
            aria-selected={asset !== undefined && isSelected(asset.id)}
            data-cursor={index === cursor}
            className={css.row}
            style={{ gridTemplateColumns: template }}
            onClick={(event) =>
              onPick(
                index,
                event.shiftKey ? "range" : event.ctrlKey || event.metaKey ? "toggle" : "only",
              )
            }
            onDoubleClick={() => onOpen(index)}
          >
            {asset === undefined ? (
              <div role="gridcell" className={css.cell} style={{ gridColumn: "3" }}>
                <div className={css.skeleton} />
              </div>
            ) : (
              <Cells asset={asset} columns={columns} index={index} onPick={onPick} />
            )}
          </div>
        );
      }}
    />
  );
}

function HeadCell({
  column,
  sort,
  onSort,
}: {
  column: Column;
  sort: string;
  onSort: (sort: string) => void;
}) {
  const up = sort === column.sort;
  const down = sort === `-${column.sort}`;
  return (
    <div role="columnheader" aria-sort={up ? "ascending" : down ? "descending" : "none"}>
      {column.sort === null ? (
        <span className={css.headCell}>{column.title}</span>
      ) : (
        <button
          type="button"
          className={css.headCell}
          tabIndex={-1}
          onClick={() => onSort(up ? `-${column.sort}` : (column.sort ?? ""))}
        >
          {column.title}
          {up && <IconArrowUp size={12} aria-hidden />}
          {down && <IconArrowDown size={12} aria-hidden />}
        </button>
      )}
    </div>
  );
}

function Cells({
  asset,
  columns,
  index,
  onPick,
}: {
  asset: Asset;
  columns: Column[];
  index: number;
} & Pick<GridProps, "onPick">) {
  const handleTick = (event: MouseEvent) => {
    event.stopPropagation();
    onPick(index, event.shiftKey ? "range" : "toggle");
  };
  return (
    <>
      <div role="gridcell">
        <div className={css.tick} aria-hidden onClick={handleTick}>
          <IconCheck size={13} stroke={3} />
        </div>
      </div>
      <div role="gridcell" className={css.cellThumb}>
        {asset.thumbnail !== null && <AssetThumb asset={asset} />}
      </div>
      {columns.map((column) => (
        <div key={column.name} role="gridcell" className={css.cell} title={column.text(asset)}>
          {column.text(asset)}
        </div>
      ))}
    </>
  );
}
