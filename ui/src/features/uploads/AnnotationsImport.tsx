/** A file of annotations looked at, with what would come in, and then brought in. */
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { addAnnotations } from "~/api/annotations";
import type { AnnotationsAdded, Upload } from "~/api/types";
import { Failure } from "~/components/Page";
import { Sending, SENDING, useSending } from "~/components/uploading/Sending";
import type { AnnotationFormat } from "~/lib/annotationFile";
import { bytes, percent } from "~/lib/format";
import { AnnotationsReport } from "./AnnotationsReport";
import { newsIn } from "./annotationWords";
import own from "./uploads.module.css";

export function AnnotationsImport({
  projectId,
  upload,
  file,
  how,
  onAddable,
}: {
  projectId: string;
  upload: Upload;
  file: File;
  how: { format: AnnotationFormat; zeroBased: boolean; addAssets: boolean };
  /** There is something in the file that could become an asset. */
  onAddable: () => void;
}) {
  const client = useQueryClient();
  const { sent, start, stop } = useSending();
  const begin = (dryRun: boolean): Promise<AnnotationsAdded> =>
    addAnnotations(projectId, upload.id, file, { ...how, dryRun }, start());
  const look = useMutation({
    mutationKey: SENDING,
    mutationFn: () => begin(true),
    onSuccess: (report) => {
      if (report.assets_addable > 0) onAddable();
    },
  });
  const bring = useMutation({
    mutationKey: SENDING,
    mutationFn: () => begin(false),
    onSettled: () => {
      const changed = ["prelabel-sources", "taxonomy", "project", "asset", "upload", "uploads"];
      for (const key of [...changed, "fields", "facets"]) {
        void client.invalidateQueries({ queryKey: [key, projectId] });
      }
    },
  });
  const busy = look.isPending || bring.isPending;
  const told = bring.data ?? look.data;
  const error = bring.error ?? look.error;
  const stopped = error instanceof DOMException;

  // The button that was pressed is gone with what it did; the keyboard goes on at what came of it.
  const outcome = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (told !== undefined) outcome.current?.focus();
  }, [told]);

  if (busy) {
    return (
      <Sending sent={sent} onStop={stop}>
        {sent < 1
          ? `Sending: ${percent(sent, 1)} of ${bytes(file.size)}. Stay here until it is sent.`
          : bring.isPending
            ? "Sent. The pre-labels are being written; that goes on if you leave."
            : "Sent. The server reads it through once; nothing is written yet."}
      </Sending>
    );
  }
  const news = look.data === undefined ? [] : newsIn(look.data);
  return (
    <>
      {error !== null && !stopped && (
        <div style={{ marginBottom: 16 }}>
          <Failure error={error} />
        </div>
      )}
      {stopped && (
        <div role="status" style={{ marginBottom: 16 }}>
          {bring.error === null
            ? "Cancelled: nothing was written."
            : "Cancelled. If the file had arrived, it is still brought in; sending it again changes nothing."}
        </div>
      )}
      <div ref={outcome} tabIndex={-1} className={own.outcome}>
        {told !== undefined && (
          <AnnotationsReport
            projectId={projectId}
            report={told}
            actions={
              bring.data === undefined &&
              news.length > 0 && (
                <div className={own.submit}>
                  <Button size="sm" onClick={() => bring.mutate()}>
                    Import {news.join(" and ")}
                  </Button>
                  <span className={own.hint}>Sending a file twice is harmless.</span>
                </div>
              )
            }
          />
        )}
      </div>
      {told === undefined && (
        <div className={own.submit}>
          <Button size="sm" onClick={() => look.mutate()}>
            Look at it
          </Button>
          <span className={own.hint}>Nothing is written by looking.</span>
        </div>
      )}
    </>
  );
}
