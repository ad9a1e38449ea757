/**
 * An annotator's session: claims tasks one ahead, shows one, hands in, goes on. Owns the order of things
 * (draft, submit, next claim) and what the person is told; draws nothing and knows no React.
 */
import { ApiError } from "~/api/http";
import type {
  ClaimReason,
  Feedback,
  HistoryEntry,
  Problem,
  Response,
  Task,
  Taxonomy,
} from "~/api/types";
import { answerProblems } from "~/canvas/taxonomy/check";
import type { DraftState } from "./draftSync";
import { AnswerDocument } from "~/canvas/document/document";
import { answersOf } from "../review/together";
import { uuidV7 } from "~/canvas/document/uuid";
import type { Act, Journal, OutboxEntry } from "./journal";
import { Outbox, type Outcome, type OutboxState } from "./outbox";
import type { LabellingPort } from "./port";
import { amendedWork, follow, loadContent, prepareWork, taskOfHistory, type Work } from "./work";

/** How long a submit is waited for before the next task is shown anyway. */
export const SUBMIT_GRACE_MS = 250;
/** After a training task one first sees how it went; so much longer is waited for that. */
export const TRAINING_GRACE_MS = 4_000;
export const POLL_EMPTY_MS = 10_000;
const CLAIM_RETRY_MS = 4_000;
const HEARTBEAT_MIN_MS = 5_000;
/** Deliveries after which the queue's counts are asked for again. */
const COUNT_EVERY = 5;

export type Phase =
  | { readonly kind: "loading" }
  | { readonly kind: "working"; readonly work: Work }
  | { readonly kind: "empty"; readonly reason: ClaimReason }
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly message: string; readonly hint: string | null };

export interface Notice {
  readonly tone: "info" | "warn";
  readonly text: string;
  readonly n: number;
  /** About the task on the screen: goes when the task goes. */
  readonly taskId: string | null;
}

/** What was handed in last, while it can still be changed from here. */
export interface HandedIn {
  readonly work: Work;
  readonly n: number;
}

/** How a training task went: shown before anything else until the person goes on. */
export interface Told {
  readonly n: number;
  readonly name: string;
  readonly yours: Response;
  readonly feedback: Feedback;
  readonly taxonomy: Taxonomy;
  /** The task itself; null when it was handed in by an earlier page. */
  readonly work: Work | null;
  /** It came while something else was on the screen. */
  readonly late: boolean;
}

export interface SessionState {
  readonly phase: Phase;
  readonly draft: DraftState;
  readonly outbox: OutboxState;
  readonly offline: boolean;
  readonly submitting: boolean;
  readonly doneToday: number | null;
  /** Open for this person; null while it is not known. */
  readonly open: { readonly toLabel: number; readonly toReview: number } | null;
  readonly last: HandedIn | null;
  /** Oldest first. */
  readonly told: readonly Told[];
  readonly problems: readonly Problem[];
  readonly notice: Notice | null;
}

export class LabellingSession {
  private state: SessionState = {
    phase: { kind: "loading" },
    draft: "saved",
    outbox: { waiting: 0, offline: false },
    offline: false,
    submitting: false,
    doneToday: null,
    open: null,
    last: null,
    told: [],
    problems: [],
    notice: null,
  };
  private readonly listeners = new Set<() => void>();
  private readonly outbox: Outbox;
  /** Prepared and not yet shown, in the server's order. */
  private ready: Work[] = [];
  /** Handed in and shown no more, until the server has decided. */
  private readonly handedIn = new Map<string, Work>();
  /** Leases ended in this session: a claim answered before that does not bring them back. */
  private readonly gone = new Set<string>();
  private claimId = uuidV7();
  private claiming = false;
  private claimAgain = false;
  private closed = false;
  private visible = true;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private grace: ReturnType<typeof setTimeout> | undefined;
  private beat: ReturnType<typeof setTimeout> | undefined;
  private notices = 0;
  private delivered = 0;
  /** The last counts were asked for while answers were under way. */
  private recount = false;
  /** Of each review, what was fixed so far, by slot. */
  private readonly fixes = new WeakMap<Work, Map<number, AnswerDocument>>();

  constructor(
    private readonly port: LabellingPort,
    private readonly journal: Journal,
    private readonly projectId: string | undefined,
  ) {
    this.outbox = new Outbox(
      journal,
      (entry) => port.deliver(entry),
      (entry, outcome) => this.decided(entry, outcome),
      (outbox) => {
        this.update({ outbox, offline: outbox.offline });
        if (outbox.offline) this.waitNoLonger();
      },
    );
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getState = (): SessionState => this.state;

  get current(): Work | null {
    return this.state.phase.kind === "working" ? this.state.phase.work : null;
  }

  async start(): Promise<void> {
    await this.outbox.open();
    this.count();
    await this.fill();
  }

  /** The page goes: what is typed is kept, what was fetched ahead is given back. */
  close(): void {
    if (this.closed) return;
    void this.current?.drafts.flush();
    for (const work of this.ready) this.giveBack(work);
    this.closed = true;
    clearTimeout(this.timer);
    clearTimeout(this.beat);
    clearTimeout(this.grace);
    this.outbox.close();
  }

  /** Another tab takes over: it gets the same tasks from the server, so nothing is given back. */
  handOver(): void {
    void this.current?.drafts.flush();
    this.ready = [];
    this.close();
  }

  saveNow(): void {
    void this.current?.drafts.flush();
  }

  setVisible(visible: boolean): void {
    const wasAway = visible && !this.visible;
    this.visible = visible;
    const now = Date.now();
    if (visible) this.watch();
    else this.current?.clock.pause(now);
    if (!visible) this.saveNow();
    else if (this.state.phase.kind === "empty") void this.fill();
    // After time away the lease is renewed at once, or its loss is learnt before more work goes into it.
    if (wasAway) void this.sendBeats();
    else this.scheduleBeat();
  }

  /** The browser says that the network is back. */
  reconnect(): void {
    this.outbox.nudge();
    this.saveNow();
    void this.fill();
  }

  // --- what the person does ---------------------------------------------------

  /** Hands in the answer on the screen: as the task's, as a change of it, or as the fix of a review. */
  async submit(): Promise<void> {
    const work = this.current;
    if (!work || this.state.submitting) return;
    if (work.content.kind === "failed") return;
    if (work.task.stage === "review" && work.fixing === null) return;
    const response = work.document.answer;
    const problems = answerProblems(response, work.taxonomy);
    if (problems.length > 0) {
      this.update({ problems });
      this.tell("warn", `Not handed in yet: ${problemCount(problems.length)} to look at.`, work);
      return;
    }
    const kind = work.amends ? "amend" : work.task.stage === "review" ? "fix" : "submit";
    await this.handIn(work, { kind });
  }

  /** The answers of a review are right. */
  async accept(): Promise<void> {
    const work = this.reviewed;
    if (work) await this.handIn(work, { kind: "accept" });
  }

  /** The answers in these slots are to be made again; none: all of them. */
  async sendBack(note: string, slots: readonly number[]): Promise<void> {
    const work = this.reviewed;
    if (work && note.trim() !== "") {
      await this.handIn(work, { kind: "reject", note: note.trim(), slots });
    }
  }

  /** The answer in this slot, or the merged one, is put right by the reviewer; what was changed of it before is kept. */
  fix(slot: number): void {
    const work = this.reviewed;
    const answer = work && answersOf(work.task).find((one) => one.slot === slot);
    if (!work || !answer) return;
    const fixes = this.fixes.get(work) ?? new Map<number, AnswerDocument>();
    this.fixes.set(work, fixes);
    let document = fixes.get(slot);
    if (!document) {
      document = new AnswerDocument(answer.response);
      follow(work, document, (edited) => this.edited(edited));
      fixes.set(slot, document);
    }
    work.document = document;
    work.fixing = slot;
    this.update({ phase: { kind: "working", work } });
  }

  /** Back from fixing to looking. */
  stopFixing(): void {
    const work = this.current;
    if (!work || work.fixing === null || this.state.submitting) return;
    const fixes = this.fixes.get(work) ?? new Map<number, AnswerDocument>();
    this.fixes.set(work, fixes.set(work.fixing, work.document));
    work.fixing = null;
    this.update({ phase: { kind: "working", work }, problems: [] });
  }

  /** Opens what was handed in last once more, in front of the present task. */
  changeLast(): void {
    const { last } = this.state;
    if (last) this.amend(last.work);
  }

  /** Opens an answer of one's history in front of the present task. */
  async change(entry: HistoryEntry): Promise<void> {
    const task = taskOfHistory(entry);
    const idle = () => undefined;
    const work = await prepareWork(task, this.port, this.journal, 0, idle, idle).catch(() => null);
    if (this.closed) return;
    if (work === null) {
      this.tell("warn", "That answer could not be opened. Try again from your history.");
      return;
    }
    // What was handed in, not a draft that was left behind.
    work.document = new AnswerDocument(entry.response);
    this.amend(work);
  }

  /** The answer stays as it was handed in. */
  leaveAsItWas(): void {
    const work = this.current;
    if (!work?.amends || this.state.submitting) return;
    this.update({ problems: [] });
    this.leave(work);
  }

  private amend(work: Work): void {
    if (this.state.submitting) return;
    const shown = this.current;
    if (shown) {
      shown.clock.pause(Date.now());
      void shown.drafts.flush();
      this.ready.unshift(shown);
    }
    this.ready.unshift(amendedWork(work, (edited) => this.edited(edited)));
    this.update({ last: null });
    this.showNext();
  }

  /** The review on the screen, when a verdict can be given. */
  private get reviewed(): Work | null {
    const work = this.current;
    return work?.task.stage === "review" && !this.state.submitting ? work : null;
  }

  private async handIn(work: Work, act: Act): Promise<void> {
    const response = work.document.answer;
    work.drafts.stop();
    work.clock.pause(Date.now());
    this.handedIn.set(work.task.task_id, work);
    this.update({ submitting: true, problems: [], last: null });
    await this.outbox.add({
      act,
      submission_id: uuidV7(),
      task_id: work.task.task_id,
      lease_id: work.leaseId,
      asset_name: work.task.asset.name,
      about: { project_id: work.task.project.id, taxonomy_version: work.task.taxonomy_version },
      response,
      seconds: work.clock.seconds(Date.now()),
      handed_in_at_ms: Date.now(),
    });
    // Usually decided within the grace; else the next task is shown and the answer follows behind.
    if (!this.handedIn.has(work.task.task_id)) return;
    clearTimeout(this.grace);
    const grace = isTraining(work) && !this.state.offline ? TRAINING_GRACE_MS : SUBMIT_GRACE_MS;
    this.grace = setTimeout(() => this.leave(work), grace);
  }

  /** The answer to a training task does not come now: its feedback comes with it, and the work goes on. */
  private waitNoLonger(): void {
    const work = this.current;
    if (!work || !isTraining(work) || !this.state.submitting) return;
    if (!this.handedIn.has(work.task.task_id)) return;
    clearTimeout(this.grace);
    this.leave(work);
  }

  /** The person has seen how the training task went. */
  goOnFromTold(): void {
    this.update({ told: this.state.told.slice(1) });
    this.watch();
  }

  /** The clock runs while the task is in sight. */
  private watch(): void {
    if (this.visible && this.state.told.length === 0) this.current?.clock.start(Date.now());
  }

  private async tellHow(
    entry: OutboxEntry,
    feedback: Feedback,
    work: Work | null,
    late: boolean,
  ): Promise<void> {
    let taxonomy: Taxonomy = work?.taxonomy ?? { labels: [], fields: [] };
    const { about } = entry;
    if (work === null && about) {
      // Without it the answers are told in the taxonomy's own names.
      taxonomy = await this.port
        .taxonomy(about.project_id, about.taxonomy_version)
        .catch(() => taxonomy);
    }
    this.current?.clock.pause(Date.now());
    this.notices += 1;
    const { asset_name: name, response: yours } = entry;
    const one = { n: this.notices, name, yours, feedback, taxonomy, work, late };
    this.update({ told: [...this.state.told, one] });
  }

  async skip(reason: string): Promise<void> {
    const work = this.current;
    if (!work || work.amends) return;
    const done = await this.attempt(() => this.port.skip(work.leaseId, reason), "Not skipped");
    if (done) this.dropAndGoOn(work);
  }

  /** Gives back everything held and stops; the drafts stay with the server. */
  async release(): Promise<void> {
    const work = this.current;
    if (!work || work.amends) return;
    await work.drafts.flush();
    const done = await this.attempt(() => this.port.release(work.leaseId), "Not given back");
    if (!done) return;
    work.drafts.stop();
    clearTimeout(this.timer);
    for (const other of this.ready) this.giveBack(other);
    this.ready = [];
    this.claimId = uuidV7();
    this.update({ phase: { kind: "stopped" }, problems: [], draft: "saved", last: null });
    this.count();
  }

  async goOn(): Promise<void> {
    this.update({ phase: { kind: "loading" } });
    this.gone.clear();
    await this.fill();
  }

  async reloadContent(): Promise<void> {
    const work = this.current;
    if (!work) return;
    work.content = await loadContent(work.task, this.port);
    if (this.current === work) this.update({ phase: { kind: "working", work } });
  }

  forgetLast(): void {
    this.update({ last: null });
  }

  dismissNotice(): void {
    this.update({ notice: null });
  }

  // --- claiming ---------------------------------------------------------------

  /** Sees to it that one task is shown and one is ready. */
  private async fill(): Promise<void> {
    if (this.closed || this.state.phase.kind === "stopped") return;
    if (this.claiming) {
      this.claimAgain = true;
      return;
    }
    this.claiming = true;
    clearTimeout(this.timer);
    try {
      const claim = await this.port.claim(this.claimId, this.projectId);
      // An answered claim is used up; only one that got no answer is repeated with its id.
      this.claimId = uuidV7();
      await this.takeIn(claim.tasks);
      this.update({ offline: false });
      if (this.current === null && !this.state.submitting) this.showNextOr(claim.reason);
    } catch (error) {
      this.claimFailed(error);
    } finally {
      this.claiming = false;
    }
    if (this.claimAgain) {
      this.claimAgain = false;
      void this.fill();
    }
  }

  private async takeIn(tasks: readonly Task[]): Promise<void> {
    for (const task of tasks) {
      if (this.projectId !== undefined && task.project.id !== this.projectId) continue;
      if (this.gone.has(task.lease_id) || this.outbox.has(task.task_id)) continue;
      if (this.handedIn.has(task.task_id)) continue;
      const held = [this.current, ...this.ready].find(
        (work) => work?.task.task_id === task.task_id && !work.amends,
      );
      if (held) {
        held.leaseId = task.lease_id;
        continue;
      }
      const work = await prepareWork(
        task,
        this.port,
        this.journal,
        0,
        (id, draft) => this.draftChanged(id, draft),
        (edited) => this.edited(edited),
      );
      if (this.closed) return;
      this.ready.push(work);
      if (this.current === null && !this.state.submitting) this.showNext();
    }
  }

  private claimFailed(error: unknown): void {
    const failure = error instanceof ApiError ? error : null;
    const passing =
      failure === null || failure.status === 0 || failure.status >= 500 || failure.status === 429;
    if (passing) this.update({ offline: true });
    else if (this.current === null) {
      this.update({ phase: { kind: "failed", message: failure.message, hint: failure.hint } });
    }
    if (passing) this.timer = setTimeout(() => void this.fill(), CLAIM_RETRY_MS);
  }

  private showNextOr(reason: ClaimReason | null): void {
    if (this.showNext()) return;
    const because = reason ?? { code: "all_done", message: "There is nothing to label right now." };
    this.update({ phase: { kind: "empty", reason: because }, problems: [], draft: "saved" });
    this.count();
    this.timer = setTimeout(() => {
      this.gone.clear();
      if (this.visible) void this.fill();
    }, POLL_EMPTY_MS);
  }

  private showNext(): boolean {
    const next = this.ready.shift();
    if (!next) return false;
    this.update({
      phase: { kind: "working", work: next },
      problems: [],
      draft: next.drafts.state,
    });
    this.watch();
    if (next.restored === "journal") this.tell("info", "Your unsaved work was restored.", next);
    this.scheduleBeat();
    return true;
  }

  // --- after a task -----------------------------------------------------------

  /** Shows the next task in place of one that was handed in or given away. */
  private leave(work: Work): void {
    if (this.current !== work) return;
    this.update({ submitting: false });
    if (!this.showNext()) this.update({ phase: { kind: "loading" } });
    void this.fill();
  }

  private decided(entry: OutboxEntry, outcome: Outcome): void {
    const work = this.handedIn.get(entry.task_id) ?? null;
    if (work && this.current === work) clearTimeout(this.grace);
    switch (outcome.kind) {
      case "delivered":
        this.handedIn.delete(entry.task_id);
        this.gone.add(entry.lease_id);
        void this.journal.dropDraft(entry.task_id).catch(() => undefined);
        this.counted(entry);
        if (outcome.feedback) {
          void this.tellHow(entry, outcome.feedback, work, work === null || this.current !== work);
        }
        // Whoever has seen the known answer has nothing to change any more.
        else if (work && isAnswer(entry)) this.update({ last: { work, n: (this.notices += 1) } });
        if (work && this.current === work) this.leave(work);
        else void this.fill();
        break;
      case "lease-lost":
      case "refused":
        this.handedIn.delete(entry.task_id);
        this.gone.add(entry.lease_id);
        this.tell("warn", lostText(entry.asset_name, outcome, entry.act?.kind));
        // A change that came too late says nothing about the other tasks.
        if (entry.act?.kind !== "amend") this.doubtReady();
        if (work && this.current === work) this.leave(work);
        else {
          void this.fill();
          void this.sendBeats();
        }
        break;
      case "invalid":
        this.handedIn.delete(entry.task_id);
        if (work) this.bringBack(work, outcome.problems);
        break;
    }
  }

  /** The server refused an answer: it comes back on the screen with what is wrong. */
  private bringBack(work: Work, problems: readonly Problem[]): void {
    if (!work.amends) work.drafts.resume();
    const shown = this.current;
    if (shown !== work) {
      if (shown) {
        shown.clock.pause(Date.now());
        this.ready.unshift(shown);
      }
      this.ready.unshift(work);
      this.showNext();
    }
    this.update({ submitting: false, problems });
    this.watch();
    this.tell(
      "warn",
      `“${work.task.asset.name}” was not accepted: ${problemCount(problems.length)}.`,
      work,
    );
  }

  /** Problems on screen follow the edits, until none is left. */
  private edited(work: Work): void {
    if (this.current !== work || this.state.problems.length === 0) return;
    const problems = answerProblems(work.document.answer, work.taxonomy);
    this.update(problems.length === 0 ? { problems, notice: null } : { problems });
  }

  private draftChanged(taskId: string, draft: DraftState): void {
    const shown = this.current;
    if (shown?.task.task_id !== taskId) return;
    this.update({
      draft,
      offline: draft === "offline" || (this.state.offline && draft !== "saved"),
    });
    if (draft === "lost") this.lost(shown);
  }

  /** The lease is gone: the server has kept the work as a draft, this person goes on to the next. */
  private lost(work: Work): void {
    if (this.current !== work) return;
    this.tell("warn", lostText(work.task.asset.name, { kind: "lease-lost" }));
    this.doubtReady();
    this.dropAndGoOn(work);
  }

  /** What was fetched ahead may have gone the same way (the batch was cancelled): the next claim says. */
  private doubtReady(): void {
    for (const work of this.ready) void work.drafts.flush();
    this.ready = [];
  }

  private dropAndGoOn(work: Work): void {
    work.drafts.stop();
    this.gone.add(work.leaseId);
    this.leave(work);
  }

  private giveBack(work: Work): void {
    work.drafts.stop();
    if (work.amends) return;
    void this.port.release(work.leaseId).catch(() => undefined);
  }

  private async attempt(call: () => Promise<unknown>, what: string): Promise<boolean> {
    const work = this.current;
    try {
      await call();
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.code === "lease_lost" && work) {
        this.lost(work);
        return false;
      }
      const message = error instanceof ApiError ? error.message : "something failed";
      this.tell("warn", `${what}: ${message}.`);
      return false;
    }
  }

  // --- heartbeat and counts ---------------------------------------------------

  private scheduleBeat(): void {
    clearTimeout(this.beat);
    if (this.closed || !this.visible) return;
    const beats = [this.current, ...this.ready].flatMap((work) =>
      work && !work.amends ? [work.task.heartbeat_ms] : [],
    );
    if (beats.length === 0) return;
    const wait = Math.max(HEARTBEAT_MIN_MS, Math.min(...beats));
    this.beat = setTimeout(() => void this.sendBeats(), wait);
  }

  private async sendBeats(): Promise<void> {
    for (const work of [this.current, ...this.ready]) {
      if (!work || work.amends || this.handedIn.has(work.task.task_id)) continue;
      try {
        await this.port.heartbeat(work.leaseId);
      } catch (error) {
        // Lost, or its batch was cancelled.
        if (error instanceof ApiError && error.status === 409) this.leaseGone(work);
      }
    }
    this.scheduleBeat();
  }

  private leaseGone(work: Work): void {
    if (this.current === work) {
      // The server keeps the draft of a lost lease too.
      void work.drafts.flush().finally(() => this.lost(work));
    } else {
      this.ready = this.ready.filter((other) => other !== work);
    }
  }

  private count(): void {
    const { delivered } = this;
    this.port.counts(this.projectId).then(
      ({ doneToday, ...open }) => {
        // The server may have counted an answer whose receipt is still under way, which then would count twice.
        this.recount = delivered !== this.delivered || this.state.outbox.waiting > 0;
        this.update(this.recount ? { open } : { doneToday, open });
        if (this.recount && this.state.outbox.waiting === 0) this.count();
      },
      () => undefined,
    );
  }

  /** Keeps the counts right in between, and asks anew now and then: others work too. */
  private counted({ act }: OutboxEntry): void {
    const { doneToday } = this.state;
    const answers = act === undefined || act.kind === "submit";
    if (answers && doneToday !== null) this.update({ doneToday: doneToday + 1 });
    this.delivered += 1;
    if (this.recount || this.delivered % COUNT_EVERY === 0) this.count();
  }

  private tell(tone: Notice["tone"], text: string, about: Work | null = null): void {
    this.notices += 1;
    const taskId = about?.task.task_id ?? null;
    this.update({ notice: { tone, text, n: this.notices, taskId } });
  }

  private update(change: Partial<SessionState>): void {
    if (this.closed) return;
    this.state = { ...this.state, ...change };
    const { notice } = this.state;
    if (notice?.taskId && this.current?.task.task_id !== notice.taskId) {
      this.state = { ...this.state, notice: null };
    }
    for (const listener of [...this.listeners]) listener();
  }
}

function problemCount(n: number): string {
  return n === 1 ? "1 thing" : `${n} things`;
}

const isTraining = ({ task }: Work): boolean => task.batch.kind === "training";

const isAnswer = ({ act }: OutboxEntry): boolean =>
  act === undefined || act.kind === "submit" || act.kind === "amend";

function lostText(
  name: string,
  outcome: { kind: string; message?: string },
  act?: Act["kind"],
): string {
  if (act === "amend") {
    return `“${name}” was not changed: ${outcome.message ?? "it is too late"}. The answer that you handed in stands.`;
  }
  const why =
    outcome.kind === "lease-lost"
      ? "is no longer yours: it was taken over while you were away"
      : `was refused: ${outcome.message ?? "the server said no"}`;
  if (act === "accept" || act === "reject") return `“${name}” ${why}. Your verdict does not count.`;
  return `“${name}” ${why}. Your work is kept as a draft.`;
}
