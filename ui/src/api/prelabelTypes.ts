/** What models and tools say of assets before people label them: the wire types. */
import type { Ref, Response, Time } from "./types";

/** What a model or another tool says of an asset. */
export type Prelabel = {
  source: string;
  score: number | null;
  response: Response;
};
export type AssetPrelabel = Prelabel & {
  taxonomy_version: number;
  created_at: Time;
  created_by: Ref | null;
};
export type PrelabelSources = {
  items: { source: string; n_assets: number; written_at: Time }[];
};
/** What became of rows, or would: `rows = added + replaced + unchanged + refused`. */
export type PrelabelReport = {
  rows: number;
  added: number;
  replaced: number;
  unchanged: number;
  refused: number;
  /** Whose pre-labels were written or were there already, in order. */
  sources: string[];
  /** The first 1,000. */
  problems: { row: number; path: string; message: string; hint: string | null }[];
  dry_run: boolean;
};
