/** View, order, size and columns of the library. */
import { ActionIcon, Checkbox, Menu, Popover, SegmentedControl, Tooltip } from "@mantine/core";
import {
  IconAdjustmentsHorizontal,
  IconArrowsSort,
  IconColumns3,
  IconLayoutGrid,
  IconTable,
} from "@tabler/icons-react";
import type { Field } from "~/api/types";
import type { TileSize } from "~/grid/AssetTiles";

const BUILTIN_COLUMNS = ["name", "ref", "upload", "uploaded", "status", "batch", "type", "size"];
const NOT_SORTABLE = new Set(["id", "batch", "is", "status", "label", "annotator", "labelled"]);

export function LibraryToolbar({
  view,
  sort,
  size,
  columns,
  fields,
  facetsShown,
  onView,
  onSort,
  onSize,
  onColumns,
  onFacets,
}: {
  view: "grid" | "table";
  sort: string;
  size: TileSize;
  columns: string[];
  fields: Field[];
  facetsShown: boolean;
  onView: (view: "grid" | "table") => void;
  onSort: (sort: string) => void;
  onSize: (size: TileSize) => void;
  onColumns: (columns: string[]) => void;
  onFacets: () => void;
}) {
  const field = sort.replace(/^-/, "");
  const sortable = fields.map((entry) => entry.name).filter((name) => !NOT_SORTABLE.has(name));
  const titles: Record<string, string> = { ordinal: "Upload order" };
  const metadata = fields.filter((entry) => !entry.builtin).map((entry) => entry.name);
  const pick = (name: string) =>
    onColumns(
      columns.includes(name) ? columns.filter((other) => other !== name) : [...columns, name],
    );
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <Tooltip
            label={`Order: ${titles[field] ?? field}${sort.startsWith("-") ? ", down" : ""}`}
          >
            <ActionIcon variant="default" size={32} aria-label="Order">
              <IconArrowsSort size={16} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown mah={420} style={{ overflowY: "auto" }}>
          <Menu.Label>Order</Menu.Label>
          <Menu.Item onClick={() => onSort("ordinal")} fw={sort === "ordinal" ? 650 : 400}>
            First uploaded first
          </Menu.Item>
          <Menu.Item onClick={() => onSort("-ordinal")} fw={sort === "-ordinal" ? 650 : 400}>
            Last uploaded first
          </Menu.Item>
          <Menu.Divider />
          {sortable.map((name) => (
            <Menu.Item
              key={name}
              fw={field === name ? 650 : 400}
              onClick={() => onSort(sort === name ? `-${name}` : name)}
              rightSection={sort === name ? "↑" : sort === `-${name}` ? "↓" : null}
            >
              {name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
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
        <Popover position="bottom-end" width={230}>
          <Popover.Target>
            <Tooltip label="Columns">
              <ActionIcon variant="default" size={32} aria-label="Columns">
                <IconColumns3 size={16} />
              </ActionIcon>
            </Tooltip>
          </Popover.Target>
          <Popover.Dropdown mah={420} style={{ overflowY: "auto", display: "grid", gap: 7 }}>
            {[...BUILTIN_COLUMNS, ...metadata].map((name) => (
              <Checkbox
                key={name}
                label={name}
                checked={columns.includes(name)}
                onChange={() => pick(name)}
              />
            ))}
          </Popover.Dropdown>
        </Popover>
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
