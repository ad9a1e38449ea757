/** One task on the screen: image or text in the centre, the panel at the side, keys and dialogs. */
import { Button, Kbd, Switch } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconCloudOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { projectQuery } from "~/api/projects";
import { annotationOfProblem, quickSubmit } from "~/canvas/taxonomy/check";
import { taxonomyHotkeys } from "~/canvas/taxonomy/hotkeys";
import { useCommands } from "~/commands/useCommands";
import { AnswerPanel } from "./AnswerPanel";
import { COMMANDS, keyOfCommand, type CommandId } from "./commands";
import { pickByKey, runOnAnswer, togglePrelabel } from "./editing";
import { HelpRow } from "./HelpRow";
import { useInstructionsOnce } from "./Instructions";
import css from "./labelling.module.css";
import type { LabellingSession, SessionState } from "./session/session";
import type { Content, Work } from "./session/work";
import { textBody } from "./panelFocus";
import { PrelabelStrip } from "./PrelabelStrip";
import { keyOnStage, makeStage, runOnStage, type Stage } from "./stage";
import { StageView } from "./StageView";
import { TaskDialogs, type TaskDialog } from "./TaskDialogs";
import { TaskStrip } from "./TaskStrip";
import { useLabelKeys } from "./useLabelKeys";

/** Long enough to see the choice before the next task replaces it. */
const ADVANCE_MS = 120;

export function TaskView({
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
  const { task, taxonomy, document } = work;
  const hotkeys = useMemo(() => taxonomyHotkeys(taxonomy), [taxonomy]);
  const keyOf = useCallback((id: string) => keyOfCommand(id, hotkeys), [hotkeys]);
  const [imageFailed, setImageFailed] = useState(false);
  const stage = useMemo<Stage>(
    () =>
      imageFailed
        ? { kind: "failed", message: "The image could not be loaded" }
        : makeStage(work, content),
    [work, content, imageFailed],
  );
  const stageRef = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLElement>(null);
  const [dialog, setDialog] = useState<TaskDialog>("none");
  const quick = quickSubmit(taxonomy);
  const [advance, setAdvance] = useLocalStorage({ key: "sheaf:auto-advance", defaultValue: false });
  const { data: project } = useQuery(projectQuery(task.project.id));
  const instructions = project?.instructions ?? "";
  useInstructionsOnce(task.project.id, instructions, () => setDialog("instructions"));

  useEffect(() => {
    stageRef.current?.focus({ preventScroll: true });
  }, []);
  const ordinary = !work.amends && work.fixing === null;
  useAdvance(quick === "advance" && advance && ordinary, work, session);

  const run = (id: CommandId): void => {
    if (runOnStage(stage, id) || runOnAnswer(id, work, panel.current)) return;
    switch (id) {
      case "submit":
        void session.submit();
        break;
      case "skip":
        if (!work.amends) setDialog("skip");
        break;
      case "change":
        session.changeLast();
        break;
      case "release":
        if (work.amends) session.leaveAsItWas();
        else if (work.fixing !== null) session.stopFixing();
        else void session.release();
        break;
      case "prelabel":
        togglePrelabel(work);
        break;
      case "instructions":
        setDialog("instructions");
        break;
      case "help":
        setDialog("help");
        break;
      default:
        break;
    }
  };
  useLabelKeys({
    commands: COMMANDS,
    hotkeys,
    onEnter: quick === "none" ? null : "submit",
    stage: stageRef,
    run,
    pick: (target) => pickByKey(target, stage, work),
    canvas: (press) => keyOnStage(stage, work, textBody(stageRef.current), press),
    canvasUp: (key) => {
      if (stage.kind === "image") stage.editor.keyUp(key);
    },
  });
  useCommands(
    COMMANDS.map(({ id, label }) => ({
      id: `label.${id}`,
      label,
      group: "Labelling",
      run: () => run(id),
    })),
  );

  const problems = state.problems;
  useShownProblem(state, work, panel, (uuid) => {
    if (stage.kind === "image") stage.editor.reveal(uuid);
  });
  const faulty = useMemo(() => {
    const { annotations } = document.answer;
    const uuids = problems.map((problem) => annotations[annotationOfProblem(problem)]?.uuid ?? "");
    return new Set(uuids.filter((uuid) => uuid !== ""));
  }, [problems, document]);
  return (
    <div className={css.task}>
      <div className={css.centre}>
        <TaskStrip work={work} />
        <PrelabelStrip work={work} keyOf={keyOf} />
        <StageView
          stage={stage}
          work={work}
          faulty={faulty}
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
      <aside ref={panel} className={css.panel} aria-label="Answer" data-label-panel>
        <div className={css.scroll}>
          <AnswerPanel
            stage={stage}
            document={document}
            taxonomy={taxonomy}
            hotkeys={hotkeys}
            problems={problems}
          />
        </div>
        <footer className={css.foot}>
          {state.offline && (
            <p className={css.offline}>
              <IconCloudOff size={16} aria-hidden />
              <span>No connection. Go on working: {waitingText(state.outbox.waiting)}</span>
            </p>
          )}
          {quick === "advance" && ordinary && (
            <Switch
              label="Hand in as soon as I choose"
              checked={advance}
              onChange={(event) => setAdvance(event.currentTarget.checked)}
            />
          )}
          <Button
            fullWidth
            size="sm"
            loading={state.submitting}
            disabled={stage.kind === "failed"}
            onClick={() => run("submit")}
            rightSection={<Kbd size="xs">{quick === "none" ? keyOf("submit") : "Enter"}</Kbd>}
          >
            {work.amends
              ? "Hand in the change"
              : work.fixing !== null
                ? "Accept as fixed"
                : "Hand in"}
          </Button>
          <div className={css.footRow}>
            <Button variant="default" fullWidth disabled={work.amends} onClick={() => run("skip")}>
              Skip <Kbd size="xs">{keyOf("skip")}</Kbd>
            </Button>
            <Button variant="default" fullWidth onClick={() => run("release")}>
              {work.amends ? "Leave it" : work.fixing !== null ? "Stop fixing" : "Give back"}{" "}
              <Kbd size="xs">{keyOf("release")}</Kbd>
            </Button>
          </div>
          <HelpRow keyOf={keyOf} run={run} />
        </footer>
      </aside>
      <TaskDialogs
        dialog={dialog}
        onClose={() => setDialog("none")}
        session={session}
        project={task.project}
        instructions={instructions}
        keys={{ hotkeys, taxonomy, enterSubmits: quick !== "none" }}
      />
    </div>
  );
}

function waitingText(waiting: number): string {
  if (waiting === 0) return "everything is kept in this browser.";
  const answers = waiting === 1 ? "1 answer is" : `${waiting} answers are`;
  return `${answers} kept in this browser and handed in when the server is back.`;
}

/** Hands in by itself once the one question has its answer, when the person wants that. */
function useAdvance(on: boolean, work: Work, session: LabellingSession): void {
  useEffect(() => {
    if (!on) return;
    const { document, taxonomy } = work;
    const id = taxonomy.fields[0]?.id ?? "";
    let last = document.answer.fields[id];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = document.subscribe(() => {
      const value = document.answer.fields[id];
      if (value === last) return;
      last = value;
      clearTimeout(timer);
      if (value !== undefined) timer = setTimeout(() => void session.submit(), ADVANCE_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [on, work, session]);
}

/** Each time a task is refused, what is wrong first is brought into sight. */
function useShownProblem(
  state: SessionState,
  work: Work,
  panel: { current: HTMLElement | null },
  reveal: (uuid: string) => void,
): void {
  const refusal = state.problems.length > 0 ? (state.notice?.n ?? 0) : 0;
  const newest = useRef({ state, reveal });
  useEffect(() => {
    newest.current = { state, reveal };
  });
  useEffect(() => {
    const [first] = newest.current.state.problems;
    if (refusal === 0 || !first) return;
    const annotation = work.document.answer.annotations[annotationOfProblem(first)];
    if (annotation) {
      work.document.select(annotation.uuid);
      newest.current.reveal(annotation.uuid);
      return;
    }
    const id = first.path.replace(/^fields\./, "");
    panel.current
      ?.querySelector(`[data-field="${CSS.escape(id)}"]`)
      ?.scrollIntoView({ block: "nearest" });
  }, [refusal, work, panel]);
}
