/** The keys and commands of the page of known answers: its own acts, the answer's, the stage's. */
import { EMPTY_ANSWER, setField } from "~/canvas/document/answer";
import type { AnswerDocument } from "~/canvas/document/document";
import { chooseLabel } from "~/canvas/panel/chooseLabel";
import { pickOption, type HotkeyTarget } from "~/canvas/taxonomy/hotkeys";
import type { Taxonomy } from "~/api/types";
import { useCommands } from "~/commands/useCommands";
import { focusFirst, focusNextField, textBody } from "../panelFocus";
import { keyOnStage, runOnStage, type Stage } from "../stage";
import { useLabelKeys } from "../useLabelKeys";
import { KNOWN_COMMANDS, type KnownCommand } from "./commands";

type Act = "save" | "next" | "previous" | "missing" | "note" | "help" | "instructions";

export function useKnownKeys({
  work,
  stage,
  stageRef,
  panel,
  hotkeys,
  onEnter,
  acts,
}: {
  work: { document: AnswerDocument; taxonomy: Taxonomy };
  stage: Stage;
  stageRef: { current: HTMLElement | null };
  panel: { current: HTMLElement | null };
  hotkeys: ReadonlyMap<string, HotkeyTarget>;
  onEnter: "save" | null;
  acts: Record<Act, () => void>;
}): (id: KnownCommand) => void {
  const { document, taxonomy } = work;
  const run = (id: KnownCommand): void => {
    if (runOnStage(stage, id)) return;
    if (id in acts) {
      acts[id as Act]();
      return;
    }
    switch (id) {
      case "undo":
        document.undo();
        break;
      case "redo":
        document.redo();
        break;
      case "clear":
        document.apply((old) => ({ ...old, annotations: EMPTY_ANSWER.annotations }));
        break;
      case "focus.field":
        focusNextField(panel.current, work);
        break;
      case "focus.attributes":
        focusFirst(panel.current?.querySelector("[data-attributes]") ?? null);
        break;
      default:
        break;
    }
  };
  useLabelKeys({
    commands: KNOWN_COMMANDS,
    hotkeys,
    onEnter,
    stage: stageRef,
    run,
    pick: (target) => {
      if (target.kind === "label") {
        if (stage.kind !== "failed") chooseLabel(stage.editor, taxonomy, target.label);
        return;
      }
      const field = taxonomy.fields.find(({ id }) => id === target.field);
      if (!field) return;
      document.apply((old) =>
        setField(old, field.id, pickOption(field, old.fields[field.id], target.value)),
      );
    },
    canvas: (press) => keyOnStage(stage, work, textBody(stageRef.current), press),
    canvasUp: (key) => {
      if (stage.kind === "image") stage.editor.keyUp(key);
    },
  });
  useCommands(
    KNOWN_COMMANDS.map(({ id, label }) => ({
      id: `known.${id}`,
      label,
      group: "Known answers",
      run: () => run(id),
    })),
  );
  return run;
}
