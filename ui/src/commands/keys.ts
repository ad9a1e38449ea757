/** Binds the shortcuts of the command list to the keyboard, and writes them for people. */
import { tinykeys } from "tinykeys";
import type { Command } from "./registry";

/** Typing in a field: letters belong to the field, not to shortcuts. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return (
    target instanceof HTMLInputElement &&
    !["checkbox", "radio", "button", "range", "color", "file"].includes(target.type)
  );
}

/** A dialog that is open has the keyboard to itself. */
function inDialog(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
}

export function bindKeys(target: Window, list: Command[]): () => void {
  const bindings: Record<string, (event: KeyboardEvent) => void> = {};
  for (const command of list) {
    if (command.shortcut === undefined || command.enabled === false) continue;
    bindings[command.shortcut] = (event) => {
      if (event.defaultPrevented) return;
      if (command.inFields !== true && (isTyping(event.target) || inDialog())) return;
      event.preventDefault();
      command.run(event);
    };
  }
  return tinykeys(target, bindings);
}

const isMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);
const NAMES: Record<string, string> = {
  $mod: isMac ? "⌘" : "Ctrl",
  Control: "Ctrl",
  Meta: "⌘",
  Shift: "Shift",
  Alt: isMac ? "⌥" : "Alt",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  Space: "Space",
  Enter: "Enter",
  Backspace: "Backspace",
  Delete: "Del",
};

/** `$mod+k` -> ["Ctrl+K"], `g l` -> ["G", "L"]: one string per press. */
export function shortcutText(shortcut: string): string[] {
  return shortcut.split(" ").map((press) =>
    press
      .split("+")
      .filter((part) => part !== "" && !(part === "Shift" && press.endsWith("?")))
      .map(
        (part) =>
          NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part.replace(/^Key|^Digit/, "")),
      )
      .join("+"),
  );
}
