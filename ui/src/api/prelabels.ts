/** What models and other tools say of assets before people label them. */
import { queryOptions } from "@tanstack/react-query";
import { get } from "./http";
import type { PrelabelSources } from "./types";

/** Whose there are. */
export const prelabelSourcesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["prelabel-sources", projectId],
    queryFn: ({ signal }) => get<PrelabelSources>(`/projects/${projectId}/prelabels`, { signal }),
  });
