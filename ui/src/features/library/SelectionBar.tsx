/** What is selected, and what can be done with it. */
import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import {
  IconChevronDown,
  IconDownload,
  IconPencil,
  IconStack2,
  IconStackPop,
  IconStackPush,
  IconX,
} from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import type { Batch } from "~/api/types";
import type { AssetSelection } from "~/grid/selection";
import { selectedCount } from "~/grid/selection";
import { count } from "~/lib/format";
import css from "./library.module.css";

export type SelectionDialog = "append" | "remove" | "metadata";

export function SelectionBar({
  projectId,
  selection,
  total,
  canBatch,
  staging,
  onAll,
  onClear,
  onBatch,
  onDialog,
}: {
  projectId: string;
  selection: AssetSelection;
  total: number;
  canBatch: boolean;
  /** The batch in staging that the query looks at; assets can be taken out of it. */
  staging: Batch | null;
  onAll: () => void;
  onClear: () => void;
  onBatch: () => void;
  onDialog: (dialog: SelectionDialog) => void;
}) {
  const navigate = useNavigate();
  const all = selection.kind === "query";
  const handleExport = () => {
    const q =
      selection.kind === "query"
        ? selection.q
        : `id:(${[...selection.ids].slice(0, 200).join(", ")})`;
    void navigate({ to: "/p/$projectId/export", params: { projectId }, search: { q } });
  };
  const exportable = all || selectedCount(selection) <= 200;
  return (
    <div className={css.selection} role="toolbar" aria-label="Selection">
      <span role="status">
        <b>{count(selectedCount(selection))}</b> selected
        {all && (selection.q === "" ? " (the whole library)" : " (all that the query finds)")}
      </span>
      {!all && total > selectedCount(selection) && (
        <Button variant="subtle" onClick={onAll}>
          Select all {count(total)}
        </Button>
      )}
      {canBatch && (
        <Button leftSection={<IconStack2 size={15} />} onClick={onBatch}>
          Make a batch of these
        </Button>
      )}
      {canBatch && staging !== null && (
        <Button
          variant="default"
          leftSection={<IconStackPop size={15} />}
          title={`Take these out of “${staging.name}”`}
          onClick={() => onDialog("remove")}
        >
          Remove from batch
        </Button>
      )}
      {canBatch && (
        <Menu position="top-end" width={210}>
          <Menu.Target>
            <Button variant="default" rightSection={<IconChevronDown size={14} />}>
              More
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconStackPush size={15} />} onClick={() => onDialog("append")}>
              Add to batch…
            </Menu.Item>
            <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => onDialog("metadata")}>
              Edit metadata…
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <Tooltip
        label="More than 200 ticked assets: export a query or a batch instead"
        disabled={exportable}
      >
        <Button
          variant="default"
          leftSection={<IconDownload size={15} />}
          data-disabled={!exportable || undefined}
          onClick={() => exportable && handleExport()}
        >
          Export
        </Button>
      </Tooltip>
      <Tooltip label="Select nothing (Esc)">
        <ActionIcon aria-label="Select nothing" onClick={onClear}>
          <IconX size={16} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
