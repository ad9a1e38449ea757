/** Batches ticked in the list, and what can be made of them together. */
import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import { IconChevronDown, IconX } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import type { Batch } from "~/api/types";
import { useCommands } from "~/commands/useCommands";
import { plural } from "~/lib/format";
import css from "./batches.module.css";
import { intersectionOf, minusOf, unionOf } from "./combine";

export function CombineBar({
  projectId,
  batches,
  onClear,
}: {
  projectId: string;
  /** In the order in which they were ticked. */
  batches: Batch[];
  onClear: () => void;
}) {
  const navigate = useNavigate();
  const names = batches.map((batch) => batch.name);
  const several = names.length > 1;
  const open = (q: string) =>
    void navigate({
      to: "/p/$projectId/batches/new",
      params: { projectId },
      search: { from: "query", q, leave: "none" },
    });
  useCommands([
    {
      id: "batches.union",
      label: "Union of the ticked batches",
      group: "Batches",
      enabled: several,
      run: () => open(unionOf(names)),
    },
    {
      id: "batches.intersection",
      label: "Intersection of the ticked batches",
      group: "Batches",
      enabled: several,
      run: () => open(intersectionOf(names)),
    },
    {
      id: "batches.untick",
      label: "Tick no batch",
      group: "Batches",
      shortcut: "Escape",
      run: onClear,
    },
  ]);
  return (
    <div className={css.combine} role="toolbar" aria-label="Ticked batches">
      <span role="status">
        <b>{plural(names.length, "batch", "batches")}</b> ticked
      </span>
      {several ? (
        <>
          <span className={css.hint}>Make a batch of their</span>
          <Button onClick={() => open(unionOf(names))}>Union</Button>
          <Button variant="default" onClick={() => open(intersectionOf(names))}>
            Intersection
          </Button>
          <Menu position="top-end" width={300}>
            <Menu.Target>
              <Button variant="default" rightSection={<IconChevronDown size={14} />}>
                One minus the others
              </Button>
            </Menu.Target>
            <Menu.Dropdown mah={320} style={{ overflowY: "auto" }}>
              {names.map((name, i) => (
                <Menu.Item
                  key={name}
                  onClick={() =>
                    open(
                      minusOf(
                        name,
                        names.filter((_, at) => at !== i),
                      ),
                    )
                  }
                >
                  “{name}” minus {names.length === 2 ? `“${names[1 - i]}”` : "the others"}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        </>
      ) : (
        <span className={css.hint}>Tick another to combine them</span>
      )}
      <Tooltip label="Tick none (Esc)">
        <ActionIcon aria-label="Tick none" onClick={onClear}>
          <IconX size={16} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
