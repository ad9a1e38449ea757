/** A review on the screen: the answers over the image or text, only to look at, and three verdicts by key. */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { projectQuery } from "~/api/projects";
import { ShownDocument } from "~/canvas/document/document";
import type { HotkeyTarget } from "~/canvas/taxonomy/hotkeys";
import { useCommands } from "~/commands/useCommands";
import { keyOfCommand } from "../commands";
import css from "../labelling.module.css";
import type { LabellingSession, SessionState } from "../session/session";
import type { Content, Work } from "../session/work";
import { keyOnStage, makeStage, runOnStage, type Stage } from "../stage";
import { StageView } from "../StageView";
import { TaskDialogs, type TaskDialog } from "../TaskDialogs";
import { useLabelKeys } from "../useLabelKeys";
import { LOOKING_KEYS, REVIEW_COMMANDS, type ReviewCommandId } from "./commands";
import { ReviewPanel } from "./ReviewPanel";
import { answersOf, together, togetherTaxonomy } from "./together";
import { Verdicts } from "./Verdicts";

const NOBODY: ReadonlySet<number> = new Set();
const NO_KEYS: ReadonlyMap<string, HotkeyTarget> = new Map();
const NO_FAULTS: ReadonlySet<string> = new Set();
const keyOf = (id: string) => keyOfCommand(id, NO_KEYS, REVIEW_COMMANDS);

/** Which answer is on the stage: its index, the merged one behind all others, or all over each other. */
export type Shown = number | "together";

export function ReviewView({
  session,
  work,
  content,
  state,
}: {
  session: LabellingSession;
  work: Work;
  content: Content;
  state: SessionState;
}) {
  const { task } = work;
  const { answers, agreement } = task;
  const choices = useMemo(() => answersOf(task), [task]);
  const mergedAt = choices.length > answers.length ? answers.length : null;
  const [shown, setShown] = useState<Shown>(answers.length > 1 ? "together" : 0);
  const [hidden, setHidden] = useState<ReadonlySet<number>>(NOBODY);
  const [onlyApart, setOnlyApart] = useState(false);
  const [noting, setNoting] = useState(false);
  const [dialog, setDialog] = useState<TaskDialog>("none");
  const [imageFailed, setImageFailed] = useState(false);
  const taxonomy = useMemo(() => togetherTaxonomy(work.taxonomy, answers), [work, answers]);
  const all = useMemo(
    () => together(answers, { hidden, apart: onlyApart ? agreement : null }),
    [answers, hidden, onlyApart, agreement],
  );
  const [document] = useState(() => new ShownDocument(all));
  const answer = shown === "together" ? all : (choices[shown]?.response ?? all);
  useEffect(() => document.show(answer), [document, answer]);
  const stage = useMemo<Stage>(
    () =>
      imageFailed
        ? { kind: "failed", message: "The image could not be loaded" }
        : makeStage({ document, taxonomy: NO_LABELS }, content),
    [document, content, imageFailed],
  );
  const stageRef = useRef<HTMLDivElement>(null);
  const { data: project } = useQuery(projectQuery(task.project.id));
  useEffect(() => {
    stageRef.current?.focus({ preventScroll: true });
  }, []);

  const step = (by: 1 | -1) => {
    const n = answers.length;
    const from = shown === "together" ? (by === 1 ? -1 : 0) : shown;
    setShown((from + by + n) % n);
  };
  const toggle = (index: number) => {
    const next = new Set(hidden);
    if (!next.delete(index)) next.add(index);
    setHidden(next);
    setShown("together");
  };
  const leaveNote = useCallback(() => {
    setNoting(false);
    stageRef.current?.focus({ preventScroll: true });
  }, []);
  const run = (id: ReviewCommandId): void => {
    if (runOnStage(stage, id)) return;
    switch (id) {
      case "accept":
        if (!noting) void session.accept();
        break;
      case "sendBack":
        setNoting(true);
        break;
      case "fix": {
        const slot = choices[shown === "together" ? (mergedAt ?? -1) : shown]?.slot;
        if (slot !== undefined && stage.kind !== "failed") session.fix(slot);
        break;
      }
      case "skip":
      case "instructions":
      case "help":
        setDialog(id);
        break;
      case "release":
        void session.release();
        break;
      case "answers.next":
        step(1);
        break;
      case "answers.previous":
        step(-1);
        break;
      case "answers.together":
        if (answers.length > 1) setShown(shown === "together" ? 0 : "together");
        break;
      case "answers.merged":
        if (mergedAt !== null) setShown(shown === mergedAt ? "together" : mergedAt);
        break;
      case "answers.apart":
        if (agreement !== null) {
          setOnlyApart(!onlyApart || shown !== "together");
          setShown("together");
        }
        break;
      default:
        break;
    }
  };
  useLabelKeys({
    commands: REVIEW_COMMANDS,
    hotkeys: NO_KEYS,
    onEnter: noting ? null : "accept",
    onEscape: () => {
      if (noting) leaveNote();
      return noting;
    },
    stage: stageRef,
    run,
    pick: () => undefined,
    canvas: (press) => {
      // With Shift the digit's key writes a sign, another one on each keyboard.
      const among = press.shiftKey ? /^Digit([1-9])$/.exec(press.code) : null;
      if (among && answers.length > 1 && Number(among[1]) <= answers.length) {
        toggle(Number(among[1]) - 1);
        return true;
      }
      const digit = /^[1-9]$/.test(press.key) ? Number(press.key) - 1 : null;
      if (digit !== null && digit < answers.length) {
        setShown(digit);
        return true;
      }
      const body = stageRef.current?.firstElementChild;
      return keyOnStage(stage, { document }, body instanceof HTMLElement ? body : null, press);
    },
    canvasUp: (key) => {
      if (stage.kind === "image") stage.editor.keyUp(key);
    },
  });
  useCommands(
    REVIEW_COMMANDS.map(({ id, label }) => ({
      id: `review.${id}`,
      label,
      group: "Review",
      run: () => run(id),
    })),
  );
  return (
    <div className={css.task}>
      <div className={css.centre}>
        <StageView
          stage={stage}
          work={{ task, document, taxonomy }}
          faulty={NO_FAULTS}
          keyOf={keyOf}
          stageRef={stageRef}
          onFailed={() => setImageFailed(true)}
          onRetry={() => {
            setImageFailed(false);
            void session.reloadContent();
          }}
          onSkip={() => setDialog("skip")}
        />
      </div>
      <aside className={css.panel} aria-label="Review" data-label-panel>
        <ReviewPanel
          work={work}
          document={document}
          taxonomy={taxonomy}
          shown={shown}
          onShow={setShown}
          choices={choices}
          hidden={hidden}
          onToggle={toggle}
          onlyApart={onlyApart}
          onApart={() => run("answers.apart")}
          onReveal={(uuid) => {
            if (stage.kind === "image") stage.editor.reveal(uuid);
          }}
        />
        <Verdicts
          answers={answers}
          choices={choices}
          shown={shown}
          noting={noting}
          busy={state.submitting}
          offline={state.offline}
          canFix={stage.kind !== "failed"}
          keyOf={keyOf}
          run={run}
          onSendBack={(note, slots) => void session.sendBack(note, slots)}
          onLeaveNote={leaveNote}
        />
      </aside>
      <TaskDialogs
        dialog={dialog}
        onClose={() => setDialog("none")}
        session={session}
        project={task.project}
        instructions={project?.instructions ?? ""}
        keys={{
          hotkeys: NO_KEYS,
          taxonomy: work.taxonomy,
          enterSubmits: false,
          commands: REVIEW_COMMANDS,
          stageKeys: LOOKING_KEYS,
        }}
      />
    </div>
  );
}

/** Without labels the editors have nothing to draw with. */
const NO_LABELS = { labels: [], fields: [] };
