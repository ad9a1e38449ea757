/** What the server says of how batches go: tasks by where they stand, people, hours, rehearsals. */
import type { Asset, BatchCounts, BatchState, Id, Judging, Pace, Ref, Time } from "./types";

export type TaskStanding = "held" | "blocked" | "open" | "to_review" | "kept" | "done";
export type BatchTask = {
  task_id: Id;
  asset: Asset;
  /** 0: a judgement; 1 and more: the review of that level. Null of a task that is done. */
  level: number | null;
  slot: number | null;
  round: number;
  /** Who holds it; of a task that is done, its authors and reviewers. */
  people: Ref[];
  held_since: Time | null;
  /** Negative when it is overdue. */
  lease_remaining_ms: number | null;
  kept_for: Ref | null;
  kept_until: Time | null;
  skips: { by: Ref | null; reason: string; at: Time }[];
};
export type BatchTaskPage = {
  items: BatchTask[];
  next_cursor: string | null;
  total: number | null;
};
export type HourWork = { at: Time; labels: number; reviews: number; sent_back: number };
export type PersonWork = {
  id: Id;
  name: string;
  labels: number;
  sent_back: number;
  reviews: number;
  rejections: number;
  labelling: number;
  reviewing: number;
  overdue: number;
  mean_seconds: number | null;
  median_seconds: number | null;
  paused_at: Time | null;
};
export type BatchProgress = Judging & {
  id: Id;
  name: string;
  state: BatchState;
  counts: BatchCounts;
  pace: Pace;
  launched_at: Time | null;
  ended_at: Time | null;
};
export type BatchProgressDetail = {
  batch: BatchProgress;
  hours: HourWork[];
  people: PersonWork[];
};
export type Insights = { batches: BatchProgress[]; hours: HourWork[]; people: PersonWork[] };
export type BatchProgressEvent = { batch_id: Id; state: BatchState; counts: BatchCounts };
export type AssumedFrom = "given" | "history" | "guess";
export type RehearsedBatch = {
  /** Seconds of work from now on, as the others. Null: never. */
  begins: number | null;
  labelled: number;
  ends: number;
  stuck: number;
};
export type Rehearsal = {
  assumed: Judging & {
    annotators: number;
    reviewers: number;
    eligible_annotators: number;
    eligible_reviewers: number;
    priority: number;
    seconds: number;
    seconds_from: AssumedFrom;
    review_seconds: number;
    review_seconds_from: AssumedFrom;
    sent_back: number;
    sent_back_from: AssumedFrom;
    /** Of a person's tasks, how many in a hundred are gold. */
    gold_rate: number;
  };
  outcome: RehearsedBatch;
  people: {
    person: Ref | null;
    labels: number;
    reviews: number;
    /** Gold tasks that are to come among theirs, and those that they have not had. */
    gold: number;
    gold_left: number;
    busy_seconds: number;
  }[];
  others: { batch: Ref; with: RehearsedBatch; without: RehearsedBatch }[];
  before: number;
  scale: number;
  warnings: { code: string; message: string; hint: string }[];
};
/** What to assume in the place of what is so. */
export type Assume = {
  annotators?: number;
  reviewers?: number;
  seconds?: number;
  priority?: number;
  gold_rate?: number;
} & Partial<Judging>;
