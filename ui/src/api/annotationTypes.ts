/** What became of a file of annotations of another tool: the wire types. */

export type AnnotationsAdded = {
  assets: number;
  found: number;
  assets_added: number;
  not_found: number;
  /** Of them, texts and addresses that could become assets. */
  assets_addable: number;
  /** What the file calls the first of them. */
  not_found_first: string[];
  answers: number;
  predictions: number;
  annotations: number;
  prelabels: {
    added: number;
    replaced: number;
    unchanged: number;
    refused: number;
    problems: {
      asset: string;
      source: string;
      path: string;
      message: string;
      hint: string | null;
    }[];
  };
  sources: { source: string; n_prelabels: number }[];
  /** What the project gets, when it has no taxonomy. */
  taxonomy: { labels: number; fields: number } | null;
  /** What was left out or changed. */
  notes: { what: string; count: number; first: string }[];
  dry_run: boolean;
};
