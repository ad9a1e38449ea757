/** What one can do while one writes known answers, with its keys; the stage's are those of the labelling page. */
import { COMMANDS, type CommandId, type CommandWords } from "../commands";

export type KnownCommand =
  | Exclude<CommandId, "submit" | "skip" | "change" | "release" | "prelabel">
  | "save"
  | "next"
  | "previous"
  | "missing"
  | "note";

const NOT_HERE: readonly string[] = ["submit", "skip", "change", "release", "prelabel"];

export const KNOWN_COMMANDS: readonly CommandWords<KnownCommand>[] = [
  {
    id: "save",
    label: "Save as the known answer",
    group: "Task",
    keys: ["mod+Enter"],
    inFields: true,
  },
  { id: "missing", label: "Next without a known answer", group: "Task", keys: ["n", "alt+n"] },
  { id: "next", label: "Next asset", group: "Task", keys: ["PageDown"], inFields: true },
  { id: "previous", label: "Previous asset", group: "Task", keys: ["PageUp"], inFields: true },
  { id: "note", label: "Write the note", group: "Task", keys: ["e", "alt+e"] },
  ...(COMMANDS.filter(({ id }) => !NOT_HERE.includes(id)) as readonly CommandWords<KnownCommand>[]),
];
