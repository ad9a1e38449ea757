/** Known answers of quality batches, and how people do on them: the wire types. */
import type { Asset, Id, Page, Ref, Response, Time } from "./types";

export type KnownAnswer = {
  asset: Asset;
  response: Response;
  /** Told with the answer after a training task. */
  note: string;
  n_people: number;
  /** 0 to 1. */
  mean_score: number | null;
};
export type KnownAnswers = Page<KnownAnswer> & {
  /** Tasks of the batch that have none. */
  missing: number;
};
export type NewKnownAnswer = { asset_id: Id; response: Response; note: string };
export type KnownAnswersWritten = { written: number; missing: number };
export type PersonQuality = {
  person: Ref;
  n_gold: number;
  gold_score: number | null;
  n_training: number;
  training_score: number | null;
  last_at: Time;
};
export type Quality = { items: PersonQuality[] };
