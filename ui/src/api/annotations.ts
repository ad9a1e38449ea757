/** Annotations of other tools, brought in onto the assets of an upload. */
import type { AnnotationFormat } from "~/lib/annotationFile";
import { send } from "./http";
import type { AnnotationsAdded } from "./types";

/** With `dryRun` nothing is written, and the answer says what would be. */
export const addAnnotations = (
  projectId: string,
  uploadId: string,
  file: File,
  how: { format: AnnotationFormat; zeroBased: boolean; addAssets: boolean; dryRun: boolean },
  options: { signal: AbortSignal; onSent: (part: number) => void },
) =>
  send<AnnotationsAdded>(`/projects/${projectId}/uploads/${uploadId}/annotations`, file, {
    ...options,
    type: "application/octet-stream",
    query: {
      format: how.format,
      filename: file.name,
      zero_based: how.zeroBased,
      add_assets: how.addAssets,
      dry_run: how.dryRun,
    },
  });
