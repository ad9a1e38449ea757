/** What models and other tools say of assets before people label them. */
import { queryOptions } from "@tanstack/react-query";
import { del, get, send } from "./http";
import type { PrelabelReport, PrelabelSources } from "./types";

/** Whose there are. */
export const prelabelSourcesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["prelabel-sources", projectId],
    queryFn: ({ signal }) => get<PrelabelSources>(`/projects/${projectId}/prelabels`, { signal }),
  });

/** A pre-label a line; `source` is of lines that name none. The answer comes when all of it is written, or only looked at. */
export const putPrelabels = (
  projectId: string,
  file: File,
  options: {
    source: string;
    dryRun: boolean;
    signal: AbortSignal;
    onSent: (part: number) => void;
  },
) => {
  const { source, dryRun, signal, onSent } = options;
  return send<PrelabelReport>(`/projects/${projectId}/prelabels`, file, {
    method: "PUT",
    query: { source, dry_run: dryRun },
    type: "application/jsonl",
    signal,
    onSent,
  });
};

/** Removes what a source says; how many assets that was. */
export const deletePrelabels = (projectId: string, source: string) =>
  del<{ deleted: number }>(`/projects/${projectId}/prelabels`, { query: { source } });
