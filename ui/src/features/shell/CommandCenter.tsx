/** Binds keys to the command list and shows palette and shortcut sheet. Mounted once. */
import { useEffect, useState } from "react";
import { bindKeys } from "~/commands/keys";
import { useCommandList, useCommands } from "~/commands/useCommands";
import { Palette } from "./Palette";
import { ShortcutHelp } from "./ShortcutHelp";

export function CommandCenter() {
  const list = useCommandList();
  const [open, setOpen] = useState<"palette" | "help" | null>(null);
  useCommands([
    {
      id: "shell.palette",
      label: "Find a command",
      group: "Anywhere",
      shortcut: "$mod+k",
      inFields: true,
      quiet: true,
      run: () => setOpen((now) => (now === "palette" ? null : "palette")),
    },
    {
      id: "shell.help",
      label: "Show shortcuts",
      group: "Anywhere",
      shortcut: "Shift+?",
      run: () => setOpen("help"),
    },
  ]);
  useEffect(() => bindKeys(window, list), [list]);
  if (open === "palette") return <Palette list={list} onClose={() => setOpen(null)} />;
  if (open === "help") return <ShortcutHelp list={list} onClose={() => setOpen(null)} />;
  return null;
}
