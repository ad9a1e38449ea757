/** View, order, size and columns of the library. */
import { ActionIcon, SegmentedControl, Tooltip } from "@mantine/core";
import {
  IconAdjustmentsHorizontal,
  IconColumns3,
  IconLayoutGrid,
  IconTable,
} from "@tabler/icons-react";
import { FieldPicker } from "~/components/query/FieldPicker";
import type { TileSize } from "~/grid/AssetTiles";
import { SortMenu } from "./SortMenu";

const BUILTIN_COLUMNS = ["name", "ref", "upload", "uploaded", "status", "batch", "type", "size"];

export function LibraryToolbar({
  projectId,
  view,
  sort,
  size,
  columns,
  facetsShown,
  onView,
  onSort,
  onSize,
  onColumns,
  onFacets,
}: {
  projectId: string;
  view: "grid" | "table";
  sort: string;
  size: TileSize;
  columns: string[];
  facetsShown: boolean;
  onView: (view: "grid" | "table") => void;
  onSort: (sort: string) => void;
  onSize: (size: TileSize) => void;
  onColumns: (columns: string[]) => void;
  onFacets: () => void;
}) {
  return (
    <>
      <SortMenu projectId={projectId} sort={sort} onSort={onSort} />
      {view === "grid" ? (
        <SegmentedControl
          aria-label="Size of the tiles"
          value={size}
          onChange={(value) => onSize(value === "small" || value === "large" ? value : "medium")}
          data={[
            { value: "small", label: "S" },
            { value: "medium", label: "M" },
            { value: "large", label: "L" },
          ]}
        />
      ) : (
        <FieldPicker
          projectId={projectId}
          label="Columns"
          size={32}
          icon={<IconColumns3 size={16} />}
          chosen={columns}
          first={BUILTIN_COLUMNS}
          max={40}
          onChange={onColumns}
        />
      )}
      <SegmentedControl
        aria-label="View"
        value={view}
        onChange={(value) => onView(value === "table" ? "table" : "grid")}
        data={[
          {
            value: "grid",
            label: (
              <IconLayoutGrid size={15} role="img" aria-label="Grid" style={{ display: "block" }} />
            ),
          },
          {
            value: "table",
            label: (
              <IconTable size={15} role="img" aria-label="Table" style={{ display: "block" }} />
            ),
          },
        ]}
      />
      <Tooltip label={facetsShown ? "Hide facets (F)" : "Show facets (F)"}>
        <ActionIcon
          variant={facetsShown ? "light" : "default"}
          color="leaf"
          size={32}
          aria-label="Facets"
          aria-pressed={facetsShown}
          onClick={onFacets}
        >
          <IconAdjustmentsHorizontal size={16} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}
