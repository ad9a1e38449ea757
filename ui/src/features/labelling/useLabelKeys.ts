/**
 * Keys of the labelling page. Order: an open dialog keeps everything; a field keeps what is typed; then the
 * taxonomy's keys, then commands, then the canvas, as long as nothing else has the focus.
 */
import { useEffect, useRef } from "react";
import { isTyping } from "~/commands/keys";
import { keyName, type HotkeyTarget, type KeyPress } from "~/canvas/taxonomy/hotkeys";
import { commandOfKey, type CommandWords } from "./commands";

interface LabelKeys<Id extends string> {
  readonly commands: readonly CommandWords<Id>[];
  readonly hotkeys: ReadonlyMap<string, HotkeyTarget>;
  /** What plain Enter does while nothing but the stage has the focus; null: it is the canvas's. */
  readonly onEnter: Id | null;
  readonly stage: { current: HTMLElement | null };
  /** Before anything else has it, also while one types; true when it was taken. */
  readonly onEscape?: () => boolean;
  readonly run: (id: Id) => void;
  readonly pick: (target: HotkeyTarget) => void;
  /** True when the canvas took the key. */
  readonly canvas: (press: KeyPress) => boolean;
  readonly canvasUp: (key: string) => void;
}

export function useLabelKeys<Id extends string>(keys: LabelKeys<Id>): void {
  const newest = useRef(keys);
  useEffect(() => {
    newest.current = keys;
  });
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      if (event.isComposing || event.defaultPrevented || isDialogOpen()) return;
      if (!handle(event, newest.current)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    const up = (event: KeyboardEvent) => newest.current.canvasUp(event.key);
    window.addEventListener("keydown", down, { capture: true });
    window.addEventListener("keyup", up, { capture: true });
    return () => {
      window.removeEventListener("keydown", down, { capture: true });
      window.removeEventListener("keyup", up, { capture: true });
    };
  }, []);
}

function handle<Id extends string>(event: KeyboardEvent, keys: LabelKeys<Id>): boolean {
  const name = keyName(event);
  if (name === "Escape" && keys.onEscape?.() === true) return true;
  const typing = isTyping(event.target);
  const command = commandOfKey(name, keys.hotkeys, keys.commands);
  if (typing) {
    if (name === "Escape") {
      keys.stage.current?.focus();
      return true;
    }
    if (command?.inFields !== true) return false;
  }
  const target = keys.hotkeys.get(name);
  if (target) {
    if (!event.repeat) keys.pick(target);
    return true;
  }
  if (command) {
    if (!event.repeat || command.repeats === true) keys.run(command.id);
    return true;
  }
  const free = event.target === document.body || event.target === keys.stage.current;
  if (!free) {
    if (name !== "Escape" || !inPanel(event.target)) return false;
    keys.stage.current?.focus();
    return true;
  }
  if (name === "Enter" && keys.onEnter !== null) {
    if (!event.repeat) keys.run(keys.onEnter);
    return true;
  }
  return keys.canvas(event);
}

function inPanel(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("[data-label-panel]") !== null;
}

function isDialogOpen(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
}
