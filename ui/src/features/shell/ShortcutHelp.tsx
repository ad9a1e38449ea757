/** The sheet of all shortcuts that work on this page. */
import { Modal } from "@mantine/core";
import type { Command } from "~/commands/registry";
import { Keys } from "~/components/Keys";
import css from "./shell.module.css";

export function ShortcutHelp({ list, onClose }: { list: Command[]; onClose: () => void }) {
  const groups = new Map<string, Command[]>();
  for (const command of list) {
    if (command.shortcut === undefined) continue;
    groups.set(command.group, [...(groups.get(command.group) ?? []), command]);
  }
  return (
    <Modal opened onClose={onClose} title="Shortcuts on this page" size="lg">
      <div className={css.help}>
        {[...groups].map(([group, items]) => (
          <div key={group} className={css.helpGroup}>
            <h3>{group}</h3>
            {items.map((command) => (
              <div key={command.id} className={css.helpRow}>
                <span>{command.label}</span>
                <Keys shortcut={command.shortcut ?? ""} />
              </div>
            ))}
          </div>
        ))}
      </div>
    </Modal>
  );
}
