/** Agreement between judgements on the wire. */
import type { Id, Ref, Response } from "./types";

/** How far several answers agree; scores are from 0 to 1. */
export type Agreement = {
  score: number;
  disputed: boolean;
  /** Without a field: the annotations. */
  questions: { field: string | null; score: number }[];
  labels: LabelScore[];
  /** By places in the answers. */
  pairs: { one: number; other: number; score: number }[];
  /** Annotations that not everybody marked. */
  apart: { answer: number; uuid: string }[];
  merged: { by: string; response: Response } | null;
};
export type LabelScore = {
  label: string;
  score: number;
  mean_iou: number | null;
  matched: number;
  marked: number;
};
export type BatchAgreement = {
  overlap: number;
  members: number;
  compared: number;
  mean: number | null;
  disputed: number;
  /** Steps of 0.05; the last is of tasks on which all agree. */
  distribution: number[];
  questions: {
    field: string | null;
    title: string;
    tasks: number;
    mean: number;
    /** Krippendorff's, of a choice. */
    alpha: number | null;
  }[];
  labels: LabelScore[];
  people: { person: Ref | null; answers: number; mean: number }[];
  pairs: {
    people: (Ref | null)[];
    tasks: number;
    mean: number;
    kappa: { field: string; tasks: number; kappa: number | null }[];
  }[];
  pairs_total: number;
  disputed_tasks: { task_id: Id; asset_id: Id; name: string; score: number }[];
};
