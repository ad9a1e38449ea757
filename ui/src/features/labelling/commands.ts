/**
 * Everything one can do on the labelling page, as data: id, words, keys. Buttons, keys and the shortcut sheet
 * read this list. Letters that a taxonomy takes for its labels fall away; the keys with alt always work.
 */
import { effectiveKeys, type HotkeyTarget } from "~/canvas/taxonomy/hotkeys";

export type CommandId =
  | "submit"
  | "skip"
  | "change"
  | "release"
  | "undo"
  | "redo"
  | "clear"
  | "prelabel"
  | "instructions"
  | "help"
  | "tool.select"
  | "tool.box"
  | "tool.polygon"
  | "hide"
  | "opacity.less"
  | "opacity.more"
  | "zoom.in"
  | "zoom.out"
  | "zoom.fit"
  | "zoom.actual"
  | "focus.field"
  | "focus.attributes";

export interface CommandWords<Id extends string = CommandId> {
  readonly id: Id;
  readonly label: string;
  readonly group: "Task" | "Review" | "Answer" | "Image";
  /** Names as `keyName` writes them; the first that is free is shown. */
  readonly keys: readonly string[];
  /** Works while one types in a field. */
  readonly inFields?: boolean;
  /** Holding the key down repeats it. */
  readonly repeats?: boolean;
}

export const COMMANDS: readonly CommandWords[] = [
  { id: "submit", label: "Hand in", group: "Task", keys: ["mod+Enter"], inFields: true },
  { id: "skip", label: "Skip, with a reason", group: "Task", keys: ["s", "alt+s"] },
  { id: "change", label: "Change what was handed in last", group: "Task", keys: ["u", "alt+u"] },
  { id: "release", label: "Give back and stop", group: "Task", keys: ["r", "alt+r"] },
  { id: "instructions", label: "Instructions", group: "Task", keys: ["i", "alt+i"] },
  { id: "help", label: "Keys", group: "Task", keys: ["?"] },
  { id: "undo", label: "Undo", group: "Answer", keys: ["mod+z"], repeats: true },
  { id: "redo", label: "Redo", group: "Answer", keys: ["mod+shift+z", "mod+y"], repeats: true },
  { id: "clear", label: "Remove all annotations", group: "Answer", keys: ["mod+Backspace"] },
  {
    id: "prelabel",
    label: "Take the pre-label anew, or clear it",
    group: "Answer",
    keys: ["x", "alt+x"],
  },
  { id: "focus.field", label: "Next open question", group: "Answer", keys: ["q", "alt+q"] },
  {
    id: "focus.attributes",
    label: "Attributes of the selected annotation",
    group: "Answer",
    keys: ["a", "alt+a"],
  },
  { id: "tool.select", label: "Select and edit", group: "Image", keys: ["v", "alt+v"] },
  { id: "tool.box", label: "Draw a box", group: "Image", keys: ["b", "alt+b"] },
  { id: "tool.polygon", label: "Draw a polygon", group: "Image", keys: ["p", "alt+p"] },
  { id: "hide", label: "Hide or show annotations", group: "Image", keys: ["h", "alt+h"] },
  { id: "opacity.less", label: "Fainter fill", group: "Image", keys: ["["], repeats: true },
  { id: "opacity.more", label: "Stronger fill", group: "Image", keys: ["]"], repeats: true },
  { id: "zoom.in", label: "Zoom in", group: "Image", keys: ["+", "="], repeats: true },
  { id: "zoom.out", label: "Zoom out", group: "Image", keys: ["-"], repeats: true },
  { id: "zoom.fit", label: "Fit the image", group: "Image", keys: ["0", "alt+0"] },
  { id: "zoom.actual", label: "Actual size", group: "Image", keys: ["alt+1"] },
];

/** Keys of the canvas itself, for the sheet. */
export const CANVAS_KEYS: readonly { readonly keys: string; readonly what: string }[] = [
  { keys: "Arrows", what: "Move the crosshair, or the selected shape" },
  { keys: "Shift+Arrows", what: "… by 10 pixels" },
  { keys: "Alt+Arrows", what: "… by 1 pixel" },
  { keys: "Enter, Space", what: "Set a corner or a point" },
  { keys: "Enter twice", what: "Close the polygon" },
  { keys: "Tab", what: "Next annotation" },
  { keys: ", and .", what: "Choose a corner or point of the selected shape" },
  { keys: "Insert, Del", what: "Add or delete the chosen point" },
  { keys: "Del", what: "Delete the selected annotation" },
  { keys: "Esc", what: "Give up, then select tool" },
  { keys: "Wheel", what: "Zoom; with Space or the middle button, drag to pan" },
  { keys: "Alt+click", what: "Delete a point" },
];

export const TEXT_KEYS: readonly { readonly keys: string; readonly what: string }[] = [
  { keys: "Arrows", what: "Move the caret; with Ctrl by word" },
  { keys: "Shift+Arrows", what: "Extend the selection" },
  { keys: "Enter", what: "Take the word under the caret" },
  { keys: "Label key", what: "Mark the selection, or rename the selected span" },
  { keys: "Tab", what: "Next span" },
  { keys: "Alt+← →", what: "Move the end of the span; with Shift its start" },
  { keys: "Del", what: "Delete the selected span" },
  { keys: "Esc", what: "Give up the selection" },
];

const isMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

/** `mod+shift+z` -> `Ctrl+Shift+Z`. */
export function keyText(name: string): string {
  return name
    .split(/\+(?!$)/)
    .map((part) => {
      if (part === "mod") return isMac ? "⌘" : "Ctrl";
      if (part === "alt") return isMac ? "⌥" : "Alt";
      if (part === "shift") return "Shift";
      return part.length === 1 ? part.toUpperCase() : part;
    })
    .join("+");
}

/** How a command is reached on this page, written for people. */
export function keyOfCommand(
  id: string,
  taken: ReadonlyMap<string, HotkeyTarget>,
  commands: readonly CommandWords<string>[] = COMMANDS,
): string {
  const command = commands.find((one) => one.id === id);
  const [first] = command ? effectiveKeys(command.keys, taken) : [];
  return first === undefined ? "" : keyText(first);
}

export function commandOfKey<Id extends string>(
  name: string,
  taken: ReadonlyMap<string, HotkeyTarget>,
  commands: readonly CommandWords<Id>[],
): CommandWords<Id> | null {
  return commands.find(({ keys }) => effectiveKeys(keys, taken).includes(name)) ?? null;
}
