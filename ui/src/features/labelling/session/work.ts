/**
 * One task made ready to be worked on: taxonomy at hand, text or image loaded, the newest draft put in.
 * Knows how long it was in sight. Does not claim or submit.
 */
import { AnswerDocument } from "~/canvas/document/document";
import { EMPTY_ANSWER } from "~/canvas/document/answer";
import type { HistoryEntry, Media, Response as Answer, Task, Taxonomy } from "~/api/types";
import { answersOf } from "../review/together";
import { newestDraft } from "./draftOrder";
import { DraftSync, type DraftState } from "./draftSync";
import type { Journal } from "./journal";
import type { LabellingPort } from "./port";

/** What is shown: an image by its address, a text by its characters, or why neither is there. */
export type Content =
  | { readonly kind: "image"; readonly src: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "failed"; readonly message: string };

export interface Work {
  readonly task: Task;
  readonly taxonomy: Taxonomy;
  /** Of a review: the answer that is or was fixed last. */
  document: AnswerDocument;
  readonly drafts: DraftSync;
  content: Content;
  readonly clock: SightClock;
  readonly restored: "nothing" | "server" | "journal";
  /** An answer handed in before, opened again: no lease, no draft. */
  readonly amends: boolean;
  /** Of a review: the slot whose answer is being fixed; null while it is only looked at. */
  fixing: number | null;
  leaseId: string;
}

/**
 * The answer on the screen at first: of a review the first one given, of a task sent back one's own last one, of a new
 * task what a model or tool said of it.
 */
const given = (task: Task): Answer =>
  task.answers[0]?.response ?? task.prelabel?.response ?? EMPTY_ANSWER;

/** The answer that a draft was made from: a fix keeps most of its annotations. */
function slotOfDraft(task: Task, draft: Answer): number | null {
  const uuids = new Set(draft.annotations.map(({ uuid }) => uuid));
  const shared = (answer: Answer) =>
    answer.annotations.filter(({ uuid }) => uuids.has(uuid)).length;
  const [nearest] = answersOf(task).toSorted((a, b) => shared(b.response) - shared(a.response));
  return nearest?.slot ?? null;
}

export async function prepareWork(
  task: Task,
  port: LabellingPort,
  journal: Journal,
  skewMs: number,
  onDraft: (taskId: string, state: DraftState) => void,
  onEdit: (work: Work) => void,
): Promise<Work> {
  const [taxonomy, content, stored] = await Promise.all([
    port.taxonomy(task.project.id, task.taxonomy_version),
    loadContent(task, port),
    journal.draft(task.task_id).catch(() => null),
  ]);
  const newest = newestDraft(task.draft, stored, skewMs);
  const document = new AnswerDocument(newest.response ?? given(task));
  const work: Work = {
    task,
    taxonomy,
    document,
    content,
    clock: new SightClock(),
    restored: newest.from,
    amends: false,
    // A review with a draft is a fix that was begun.
    fixing: task.stage === "review" && newest.response ? slotOfDraft(task, newest.response) : null,
    leaseId: task.lease_id,
    drafts: new DraftSync(
      task.task_id,
      journal,
      { save: (response, seq) => port.saveDraft(work.leaseId, response, seq) },
      (state) => onDraft(task.task_id, state),
      { savedAt: task.draft?.saved_at ?? null, seq: Math.max(stored?.seq ?? 0, Date.now()) },
    ),
  };
  follow(work, document, onEdit);
  // A journal that is ahead of the server goes there now, not with the next edit.
  if (newest.from === "journal" && newest.response) work.drafts.change(newest.response);
  return work;
}

/** The same task with the answer that was handed in, to be changed; nothing of it is drafted. */
export function amendedWork(work: Work, onEdit: (work: Work) => void): Work {
  work.drafts.stop();
  const again: Work = {
    ...work,
    document: new AnswerDocument(work.document.answer),
    clock: new SightClock(),
    restored: "nothing",
    amends: true,
  };
  follow(again, again.document, onEdit);
  return again;
}

/** A task as it was when its answer was handed in: enough to change the answer, under no lease. */
export function taskOfHistory(entry: HistoryEntry): Task {
  const { submission_id, at, seconds, response, taxonomy_version } = entry;
  return {
    task_id: entry.task_id,
    stage: "label",
    level: 0,
    review_levels: 0,
    round: 1,
    answers: [{ submission_id, slot: 0, by: null, at, seconds, response, taxonomy_version }],
    reviews: [],
    reopened: null,
    agreement: null,
    lease_id: "",
    lease_remaining_ms: 0,
    heartbeat_ms: 0,
    project: entry.project,
    batch: { id: entry.batch?.id ?? "", name: entry.batch?.name ?? "", kind: "production" },
    asset: entry.asset,
    taxonomy_version,
    draft: null,
    prelabel: null,
  };
}

/** Edits of the document go into the task's drafts. */
export function follow(work: Work, document: AnswerDocument, onEdit: (work: Work) => void): void {
  let saved: Answer = document.answer;
  document.subscribe(() => {
    if (document.answer === saved) return;
    saved = document.answer;
    work.drafts.change(saved);
    onEdit(work);
  });
}

export async function loadContent(
  task: { asset: Pick<Task["asset"], "content" | "url">; project: { media: Media } },
  port: Pick<LabellingPort, "text" | "preloadImage">,
): Promise<Content> {
  const src = task.asset.content ?? task.asset.url;
  if (!src) return { kind: "failed", message: "This asset has no content." };
  if (task.project.media === "image") {
    port.preloadImage(src);
    return { kind: "image", src };
  }
  try {
    return { kind: "text", text: await port.text(src) };
  } catch {
    return { kind: "failed", message: "The text could not be loaded." };
  }
}

/** Seconds for which the task was on a visible screen. */
export class SightClock {
  private seenMs = 0;
  private since: number | null = null;

  start(nowMs: number): void {
    this.since ??= nowMs;
  }

  pause(nowMs: number): void {
    if (this.since !== null) this.seenMs += Math.max(0, nowMs - this.since);
    this.since = null;
  }

  seconds(nowMs: number): number {
    const running = this.since === null ? 0 : Math.max(0, nowMs - this.since);
    return Math.round((this.seenMs + running) / 100) / 10;
  }
}
