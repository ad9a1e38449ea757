/**
 * The annotator's page: decides what is on it (a task, nothing to do, stopped, another tab at work) and keeps
 * the bar on top. Everything about one task is in TaskView; the order of things is in session/.
 */
import { Button, Loader } from "@mantine/core";
import {
  IconCoffee,
  IconDeviceDesktop,
  IconHandStop,
  IconPlugConnectedX,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useSyncExternalStore, type ReactNode } from "react";
import { projectsQuery } from "~/api/projects";
import { queueQuery } from "~/api/queue";
import { sessionQuery } from "~/api/session";
import type { ClaimReason, Role } from "~/api/types";
import { EmptyState } from "~/components/Page";
import css from "./labelling.module.css";
import { ReviewView } from "./review/ReviewView";
import type { LabellingSession, SessionState } from "./session/session";
import { TaskView } from "./TaskView";
import { spokenFeedback } from "./training/feedback";
import { FeedbackView } from "./training/FeedbackView";
import { openText, TopBar } from "./TopBar";
import { useLabellingSession } from "./useLabellingSession";

export function LabellingPage({ projectId }: { projectId?: string | undefined }) {
  const { data } = useQuery(sessionQuery);
  const userId = data?.user?.id;
  if (userId === undefined) return <Waiting what="Starting…" />;
  return <Desk key={`${userId} ${projectId ?? ""}`} userId={userId} projectId={projectId} />;
}

function Desk({ userId, projectId }: { userId: string; projectId: string | undefined }) {
  const { turn, takeOver } = useLabellingSession(userId, projectId);
  useEffect(() => {
    document.title = "Label · Sheaf";
  }, []);
  if (turn.kind === "starting") return <Waiting what="Starting…" />;
  if (turn.kind === "elsewhere") {
    return (
      <Middle>
        <h1 className={css.srOnly}>Label</h1>
        <EmptyState
          icon={<IconDeviceDesktop size={24} />}
          title="You are labelling in another tab"
          actions={
            <Button autoFocus onClick={takeOver}>
              Work here instead
            </Button>
          }
        >
          One tab works at a time, so that no answer is given twice. The other tab keeps what you
          did and steps back.
        </EmptyState>
      </Middle>
    );
  }
  return <Session session={turn.session} projectId={projectId} />;
}

function Session({
  session,
  projectId,
}: {
  session: LabellingSession;
  projectId: string | undefined;
}) {
  const state = useSyncExternalStore(session.subscribe, session.getState);
  const [told] = state.told;
  return (
    <div className={css.page}>
      <TopBar session={session} state={state} inProject={projectId !== undefined} />
      {told ? (
        <FeedbackView key={told.n} told={told} onGoOn={() => session.goOnFromTold()} />
      ) : (
        <PhaseView session={session} state={state} projectId={projectId} />
      )}
      <div className={css.srOnly} role="status" aria-live="polite">
        {spoken(state)}
      </div>
    </div>
  );
}

function PhaseView({
  session,
  state,
  projectId,
}: {
  session: LabellingSession;
  state: SessionState;
  projectId: string | undefined;
}) {
  const { phase } = state;
  switch (phase.kind) {
    case "working": {
      const { work } = phase;
      const { task } = work;
      const looking = task.stage === "review" && work.fixing === null;
      const View = looking ? ReviewView : TaskView;
      return (
        <View
          key={`${task.task_id} ${task.stage} ${task.round} ${work.fixing} ${work.amends}`}
          session={session}
          work={work}
          content={work.content}
          state={state}
        />
      );
    }
    case "loading":
      if (state.offline) return <Offline waiting={state.outbox.waiting} />;
      return <Waiting what="Getting the next task…" />;
    case "empty":
      return <Nothing reason={phase.reason} projectId={projectId} />;
    case "stopped":
      return (
        <Middle>
          <EmptyState
            icon={<IconHandStop size={24} />}
            title="Given back"
            actions={
              <>
                <Button autoFocus onClick={() => void session.goOn()}>
                  Go on{state.open && openWords(state.open)}
                </Button>
                {projectId !== undefined && <QueueLink />}
              </>
            }
          >
            The task is open for others again. What you had marked is kept as your draft.
          </EmptyState>
        </Middle>
      );
    case "failed":
      return (
        <Middle>
          <EmptyState
            icon={<IconPlugConnectedX size={24} />}
            title="That did not work"
            actions={<Button onClick={() => void session.goOn()}>Try again</Button>}
          >
            {sentence(phase.message)} {phase.hint}
          </EmptyState>
        </Middle>
      );
  }
}

/** ": 12 to label, 3 to review"; nothing when there is nothing. */
function openWords(open: NonNullable<SessionState["open"]>): string {
  const words = openText(open);
  return words === "" ? "" : `: ${words}`;
}

/** Says why there is no task; who annotates nowhere is told that instead of being left to wait. */
function Nothing({ reason, projectId }: { reason: ClaimReason; projectId: string | undefined }) {
  const { data: queue } = useQuery(queueQuery);
  const { data: projects } = useQuery(projectsQuery);
  const has = (role: Role) =>
    projects?.items.some(
      ({ id, roles }) => (projectId === undefined || id === projectId) && roles.includes(role),
    ) ?? false;
  const words = emptyWords(
    reason,
    has("reviewer") && !has("annotator"),
    projectId === undefined && queue?.projects.length === 0 && !has("reviewer"),
  );
  return (
    <Middle>
      <EmptyState
        icon={<IconCoffee size={24} />}
        title={words.title}
        actions={projectId === undefined ? undefined : <QueueLink />}
      >
        {words.text}
      </EmptyState>
    </Middle>
  );
}

const LOOKS = "This page looks for new work by itself; you can leave it open.";

function emptyWords(
  reason: ClaimReason,
  onlyReviews: boolean,
  nowhere: boolean,
): { title: string; text: string } {
  if (nowhere) {
    return {
      title: "You annotate in no project",
      text: "Tasks come to those with the role annotator or reviewer. A manager gives it on the People page of a project.",
    };
  }
  if (onlyReviews && reason.code !== "paused") {
    return {
      title: "Nothing to review right now",
      text: `What annotators hand in for review appears here. ${LOOKS}`,
    };
  }
  const more = reason.code === "not_member" ? "" : ` ${LOOKS}`;
  return { title: emptyTitle(reason.code), text: `${sentence(reason.message)}${more}` };
}

function Offline({ waiting }: { waiting: number }) {
  return (
    <Middle>
      <EmptyState icon={<IconPlugConnectedX size={24} />} title="No connection">
        {waiting > 0
          ? `${waiting === 1 ? "One answer is" : `${waiting} answers are`} kept in this browser and will be handed in when the server is back.`
          : "Nothing is lost."}{" "}
        The next task comes with the connection.
      </EmptyState>
    </Middle>
  );
}

function QueueLink() {
  return (
    <Button variant="default" component={Link} to="/label">
      To my queue
    </Button>
  );
}

function Waiting({ what }: { what: string }) {
  return (
    <Middle>
      <div className={css.waiting} role="status">
        <Loader /> {what}
      </div>
    </Middle>
  );
}

function Middle({ children }: { children: ReactNode }) {
  return (
    <div className={css.page}>
      <div className={css.middle}>{children}</div>
    </div>
  );
}

function emptyTitle(code: string): string {
  switch (code) {
    case "all_done":
      return "All done";
    case "in_review":
      return "All labelled";
    case "reviews_later":
      return "Nothing to review right now";
    case "paused":
      return "You are paused";
    case "all_held":
      return "Everything is in other hands";
    case "no_batches":
      return "Nothing to label yet";
    case "not_annotator":
      return "You label nowhere yet";
    case "not_member":
      return "Not your project";
    default:
      return "Nothing to label right now";
  }
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}

/** What a screen reader is told. */
function spoken({ notice, phase, offline, outbox, told }: SessionState): string {
  const [how] = told;
  if (how) return spokenFeedback(how);
  if (notice) return notice.text;
  if (offline) return `No connection. ${outbox.waiting} answers are waiting.`;
  if (phase.kind === "working") return `Task ${phase.work.task.asset.name}.`;
  return "";
}
