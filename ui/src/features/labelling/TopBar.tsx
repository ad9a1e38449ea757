/** The bar over the task: where one is, how much was done today, and whether everything is saved. */
import { ActionIcon, Badge, Button, Kbd } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCheck,
  IconChevronLeft,
  IconCloudOff,
  IconInfoCircle,
  IconLoader2,
  IconPencil,
  IconX,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import type { BatchKind } from "~/api/types";
import { taxonomyHotkeys } from "~/canvas/taxonomy/hotkeys";
import { useCommands } from "~/commands/useCommands";
import { count } from "~/lib/format";
import { keyOfCommand } from "./commands";
import css from "./labelling.module.css";
import type { HandedIn, LabellingSession, SessionState } from "./session/session";

/** How long "Change it" is offered. */
const CHANGE_SECONDS = 12;
const INFO_SECONDS = 6;
/** What went wrong stays longer; what is about the task on screen stays with it. */
const WARN_SECONDS = 15;

export function TopBar({
  session,
  state,
  inProject,
}: {
  session: LabellingSession;
  state: SessionState;
  /** Only tasks of one project are served here; the queue over all is a page of its own. */
  inProject: boolean;
}) {
  const [told] = state.told;
  const task = state.phase.kind === "working" && !told ? state.phase.work.task : null;
  return (
    <>
      <header className={css.top}>
        {inProject && (
          <ActionIcon component={Link} to="/label" aria-label="To my queue">
            <IconChevronLeft size={18} />
          </ActionIcon>
        )}
        <h1 className={css.project}>
          {told ? (told.work?.task.project.name ?? "Label") : (task?.project.name ?? "Label")}
        </h1>
        {told && (
          <>
            <KindBadge kind="training" />
            <span className={css.asset} title={told.name}>
              {told.name}
            </span>
          </>
        )}
        {task && (
          <>
            <span className={css.crumb}>{task.batch.name}</span>
            {task.stage === "review" && <Badge color="violet">review</Badge>}
            <KindBadge kind={task.batch.kind} />
            <span className={css.asset} title={task.asset.name}>
              {task.asset.name}
            </span>
          </>
        )}
        <span className={css.space} />
        {task && state.open && openText(state.open) !== "" && (
          <span className={css.open}>{openText(state.open)}</span>
        )}
        {state.doneToday !== null && (
          <span className={css.today}>
            <strong>{state.doneToday}</strong> today
          </span>
        )}
        <Sync state={state} />
      </header>
      {state.notice ? (
        <NoticeBar session={session} state={state} />
      ) : (
        state.last && !told && <LastBar key={state.last.n} session={session} last={state.last} />
      )}
    </>
  );
}

/** What is special about the batch. Gold tasks say that they are of another kind. */
const BADGES: Partial<Record<BatchKind, { text: string; color: string }>> = {
  calibration: { text: "calibration", color: "yellow" },
  self_label: { text: "self-label", color: "yellow" },
  training: { text: "training", color: "leaf" },
};

function KindBadge({ kind }: { kind: BatchKind }) {
  const badge = BADGES[kind];
  return badge ? <Badge color={badge.color}>{badge.text}</Badge> : null;
}

/** "12 to label, 3 to review"; empty when nothing is open. */
export function openText({ toLabel, toReview }: { toLabel: number; toReview: number }): string {
  return [
    ...(toLabel > 0 ? [`${count(toLabel)} to label`] : []),
    ...(toReview > 0 ? [`${count(toReview)} to review`] : []),
  ].join(", ");
}

/** What was handed in last can be opened again for a while; after that, from the history. */
function LastBar({ session, last }: { session: LabellingSession; last: HandedIn }) {
  useEffect(() => {
    const timer = setTimeout(() => session.forgetLast(), CHANGE_SECONDS * 1000);
    return () => clearTimeout(timer);
  }, [session]);
  // While a task is labelled its own keys go first; here it is for the pages without one.
  useCommands([
    {
      id: "label.changeLast",
      label: "Change what was handed in last",
      group: "Labelling",
      shortcut: "u",
      run: () => session.changeLast(),
    },
  ]);
  return (
    <div className={css.banner} data-low>
      <IconCheck size={16} aria-hidden />
      <span>
        Handed in: <b>{last.work.task.asset.name}</b>
      </span>
      <Button
        size="compact-sm"
        variant="subtle"
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => session.changeLast()}
        rightSection={
          <Kbd size="xs">{keyOfCommand("change", taxonomyHotkeys(last.work.taxonomy))}</Kbd>
        }
      >
        Change it
      </Button>
      <ActionIcon size="sm" aria-label="Dismiss" onClick={() => session.forgetLast()}>
        <IconX size={14} />
      </ActionIcon>
    </div>
  );
}

function NoticeBar({ session, state }: { session: LabellingSession; state: SessionState }) {
  const { notice } = state;
  const n = notice?.n;
  const stays = notice?.tone === "warn" && notice.taskId !== null;
  const seconds = notice?.tone === "warn" ? WARN_SECONDS : INFO_SECONDS;
  useEffect(() => {
    if (n === undefined || stays) return;
    const timer = setTimeout(() => session.dismissNotice(), seconds * 1000);
    return () => clearTimeout(timer);
  }, [session, n, stays, seconds]);
  if (!notice) return null;
  return (
    <div className={css.banner} data-tone={notice.tone}>
      {notice.tone === "warn" ? (
        <IconAlertTriangle size={16} aria-hidden />
      ) : (
        <IconInfoCircle size={16} aria-hidden />
      )}
      <span>{notice.text}</span>
      <ActionIcon size="sm" aria-label="Dismiss" onClick={() => session.dismissNotice()}>
        <IconX size={14} />
      </ActionIcon>
    </div>
  );
}

function Sync({ state }: { state: SessionState }) {
  const { waiting } = state.outbox;
  if (state.offline) {
    return (
      <span className={css.sync} data-tone="warn">
        <IconCloudOff size={15} aria-hidden /> Offline{waiting > 0 ? `: ${waiting} waiting` : ""}
      </span>
    );
  }
  if (state.submitting || waiting > 0) {
    return (
      <span className={css.sync}>
        <IconLoader2 size={15} className={css.spin} aria-hidden /> Handing in
      </span>
    );
  }
  if (state.phase.kind !== "working" || state.told.length > 0) return null;
  const { work } = state.phase;
  // Only looked at, or changed without a draft: nothing is saved in between.
  if (work.amends || (work.task.stage === "review" && work.fixing === null)) return null;
  switch (state.draft) {
    case "saving":
      return (
        <span className={css.sync}>
          <IconLoader2 size={15} className={css.spin} aria-hidden /> Saving
        </span>
      );
    case "edited":
      return (
        <span className={css.sync}>
          <IconPencil size={15} aria-hidden /> Editing
        </span>
      );
    case "offline":
      return (
        <span className={css.sync} data-tone="warn">
          <IconCloudOff size={15} aria-hidden /> Not saved yet
        </span>
      );
    case "saved":
    case "lost":
      return (
        <span className={css.sync}>
          <IconCheck size={15} aria-hidden /> Saved
        </span>
      );
  }
}
