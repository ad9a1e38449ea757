/** The keys and commands of the page of known answers: its own acts, the answer's, the stage's. */
import type { AnswerDocument } from "~/canvas/document/document";
import type { HotkeyTarget } from "~/canvas/taxonomy/hotkeys";
import type { Taxonomy } from "~/api/types";
import { useCommands } from "~/commands/useCommands";
import { pickByKey, runOnAnswer } from "../editing";
import { textBody } from "../panelFocus";
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
  const run = (id: KnownCommand): void => {
    if (runOnStage(stage, id) || runOnAnswer(id, work, panel.current)) return;
    if (id in acts) acts[id as Act]();
  };
  useLabelKeys({
    commands: KNOWN_COMMANDS,
    hotkeys,
    onEnter,
    stage: stageRef,
    run,
    pick: (target) => pickByKey(target, stage, work),
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
