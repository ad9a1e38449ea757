/** The command palette: everything one can do here, by typing a part of its name. */
import { FocusTrap } from "@mantine/core";
import { useState, type KeyboardEvent } from "react";
import type { Command } from "~/commands/registry";
import { Keys } from "~/components/Keys";
import { matchCommands } from "./matchCommands";
import css from "./shell.module.css";

export function Palette({ list, onClose }: { list: Command[]; onClose: () => void }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const found = matchCommands(list, text);
  const current = found[Math.min(at, found.length - 1)];

  const run = (command: Command | undefined) => {
    if (command === undefined) return;
    onClose();
    command.run();
  };
  const handleKey = (event: KeyboardEvent) => {
    if (event.key === "Escape") onClose();
    else if (event.key === "ArrowDown") setAt((now) => Math.min(now + 1, found.length - 1));
    else if (event.key === "ArrowUp") setAt((now) => Math.max(now - 1, 0));
    else if (event.key === "Enter") run(current);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className={css.palette} onMouseDown={(e) => e.target === e.currentTarget && onClose()}>
      <FocusTrap>
        <div className={css.paletteBox} role="dialog" aria-modal="true" aria-label="Commands">
          <input
            className={css.paletteInput}
            placeholder="What do you want to do?"
            aria-label="Find a command"
            role="combobox"
            aria-expanded
            aria-controls="palette-list"
            aria-activedescendant={current === undefined ? undefined : `cmd-${current.id}`}
            data-autofocus
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setAt(0);
            }}
            onKeyDown={handleKey}
          />
          <div className={css.paletteList} id="palette-list" role="listbox" aria-label="Commands">
            {found.map((command) => (
              <div
                key={command.id}
                id={`cmd-${command.id}`}
                role="option"
                aria-selected={command === current}
                className={css.paletteItem}
                ref={(el) => {
                  if (command === current) el?.scrollIntoView({ block: "nearest" });
                }}
                onMouseMove={() => setAt(found.indexOf(command))}
                onClick={() => run(command)}
              >
                <span>
                  <span style={{ color: "var(--sheaf-dim)" }}>{command.group}</span> {command.label}
                </span>
                {command.shortcut !== undefined && <Keys shortcut={command.shortcut} />}
              </div>
            ))}
            {found.length === 0 && (
              <div className={css.paletteItem} role="option" aria-selected={false}>
                Nothing matches. Try a shorter word.
              </div>
            )}
          </div>
        </div>
      </FocusTrap>
    </div>
  );
}
