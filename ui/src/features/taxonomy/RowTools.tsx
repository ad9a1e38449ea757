/** Move up, move down, delete: the same three buttons on every row. */
import { ActionIcon } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconTrash } from "@tabler/icons-react";
import css from "./taxonomy.module.css";

export function RowTools({
  what,
  index,
  count,
  onMove,
  onDelete,
}: {
  /** What the row is, for screen readers. */
  what: string;
  index: number;
  count: number;
  onMove: (to: number) => void;
  onDelete: () => void;
}) {
  return (
    <span className={css.tools}>
      <ActionIcon
        size="sm"
        aria-label={`Move ${what} up`}
        disabled={index === 0}
        onClick={() => onMove(index - 1)}
      >
        <IconArrowUp size={14} />
      </ActionIcon>
      <ActionIcon
        size="sm"
        aria-label={`Move ${what} down`}
        disabled={index === count - 1}
        onClick={() => onMove(index + 1)}
      >
        <IconArrowDown size={14} />
      </ActionIcon>
      <ActionIcon size="sm" aria-label={`Delete ${what}`} onClick={onDelete}>
        <IconTrash size={14} />
      </ActionIcon>
    </span>
  );
}
