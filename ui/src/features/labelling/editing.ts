/** The commands and keys that change an answer, on whichever page it is made. */
import { EMPTY_ANSWER, setField } from "~/canvas/document/answer";
import { chooseLabel } from "~/canvas/panel/chooseLabel";
import { pickOption, type HotkeyTarget } from "~/canvas/taxonomy/hotkeys";
import { focusFirst, focusNextField } from "./panelFocus";
import type { Work } from "./session/work";
import type { Stage } from "./stage";

/** The pre-label of a task that is being labelled, when there is one. */
export const prelabelOf = ({ task, amends }: Pick<Work, "task" | "amends">) =>
  task.stage === "label" && !amends ? task.prelabel : null;

/** Untouched it is cleared; else it is taken anew. Either can be undone. */
export function togglePrelabel({ document, ...work }: Pick<Work, "document" | "task" | "amends">) {
  const prelabel = prelabelOf(work);
  if (prelabel === null) return;
  document.apply((old) => (old === prelabel.response ? EMPTY_ANSWER : prelabel.response));
}

type Editing = Pick<Work, "document" | "taxonomy">;

/** Carries out a command of the answer or its panel; false when it is none. */
export function runOnAnswer(id: string, work: Editing, panel: HTMLElement | null): boolean {
  const { document } = work;
  switch (id) {
    case "undo":
      document.undo();
      return true;
    case "redo":
      document.redo();
      return true;
    case "clear":
      document.apply((old) => ({ ...old, annotations: EMPTY_ANSWER.annotations }));
      return true;
    case "focus.field":
      focusNextField(panel, work);
      return true;
    case "focus.attributes":
      focusFirst(panel?.querySelector("[data-attributes]") ?? null);
      return true;
    default:
      return false;
  }
}

/** What a key of the taxonomy stands for: a label to draw with, or an option of a field. */
export function pickByKey(
  target: HotkeyTarget,
  stage: Stage,
  { document, taxonomy }: Editing,
): void {
  if (target.kind === "label") {
    if (stage.kind !== "failed") chooseLabel(stage.editor, taxonomy, target.label);
    return;
  }
  const field = taxonomy.fields.find(({ id }) => id === target.field);
  if (!field) return;
  document.apply((old) =>
    setField(old, field.id, pickOption(field, old.fields[field.id], target.value)),
  );
}
