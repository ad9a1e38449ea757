/** Who is served what, in which order, and why: the wire types of the queue for managers. */
import type { BatchKind, BatchState, Id, Ref, Time } from "./types";

/** Some of a project's people under a name. */
export type Group = {
  id: Id;
  name: string;
  people: Ref[];
  /** Batches that have not ended and are open to it. */
  batches: Ref[];
  created_at: Time;
};
export type PlaceReason = "training" | "calibration" | "by_hand" | "priority" | "older" | "last";
export type PlacedBatch = {
  id: Id;
  name: string;
  kind: BatchKind;
  state: BatchState;
  priority: number;
  by_hand: boolean;
  due_at: Time | null;
  created_at: Time;
  pending: number;
  to_review: number;
  reason: PlaceReason;
};
export type QueueOrder = { batches: PlacedBatch[]; by_hand: boolean };
export type QueueVerdict =
  | "next"
  | "later"
  | "holds_maximum"
  | "paused"
  | "nothing_left"
  | "not_open"
  | "managers_only"
  | "no_role"
  | "mixed_in";
export type QueueStep = {
  work: "label" | "review";
  batch: Ref;
  kind: BatchKind;
  priority: number;
  by_hand: boolean;
  verdict: QueueVerdict;
  task: Id | null;
  reason: string;
};
export type MemberQueue = { person: Ref; held: Id[]; held_max: number; steps: QueueStep[] };
export type SlotQueue = {
  work: "label" | "review";
  number: number;
  state: string;
  person: Ref | null;
  remaining_ms: number | null;
  ahead: number | null;
  eligible: number;
  reason: string;
};
export type TaskQueue = {
  batch: Ref;
  state: string;
  stopped: string | null;
  reason: string;
  slots: SlotQueue[];
  skips: { person: Ref | null; work: "label" | "review"; reason: string; at: Time }[];
};
