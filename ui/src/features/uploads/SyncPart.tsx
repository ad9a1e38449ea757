/** The folder of a bucket that an upload is made of: how far the look through it is, and what comes next. */
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Upload, UploadSync } from "~/api/types";
import { cancelUpload, createUpload, finishUpload, startSync } from "~/api/uploads";
import { confirm } from "~/components/confirm";
import { notifyError } from "~/components/notify";
import { Failure, Section } from "~/components/Page";
import css from "~/components/page.module.css";
import { TimeAgo } from "~/components/TimeAgo";
import { count, plural } from "~/lib/format";
import own from "./uploads.module.css";

export function SyncPart({
  projectId,
  upload,
  sync,
}: {
  projectId: string;
  upload: Upload;
  sync: UploadSync;
}) {
  const client = useQueryClient();
  const body = useRef<HTMLDivElement>(null);
  const refresh = async () => {
    await Promise.all(
      ["upload", "upload-sync", "report"].map((what) =>
        client.invalidateQueries({ queryKey: [what, projectId, upload.id] }),
      ),
    );
    void client.invalidateQueries({ queryKey: ["uploads", projectId] });
  };
  const again = useMutation({
    mutationFn: async () => {
      // One that was finished or cancelled is open again by its name.
      if (upload.state !== "open") {
        await createUpload(projectId, { name: upload.name, source: "browser" });
      }
      await startSync(projectId, upload.id, { address: sync.address, ascending: sync.ascending });
      await refresh();
    },
    onError: (error) => notifyError(error, "The bucket is not being read"),
  });
  const finish = useMutation({
    mutationFn: async () => {
      await finishUpload(projectId, upload.id);
      await refresh();
    },
    onError: (error) => notifyError(error, "The upload was not finished"),
  });
  const cancel = useMutation({
    mutationFn: async () => {
      await cancelUpload(projectId, upload.id);
      await refresh();
    },
    onError: (error) => notifyError(error, "The upload was not cancelled"),
  });
  const handleCancel = async () => {
    const yes = await confirm({
      title: "Stop bringing in this folder?",
      text: "What has arrived stays in the library. You can go on later; nothing is added twice.",
      yes: "Stop",
      danger: true,
    });
    if (yes) cancel.mutate();
  };

  const running = sync.state === "running";
  // It ends with the page of the list that it is at.
  const stopping = running && upload.state !== "open";
  // The button that was pressed is gone with the state; the keyboard stays here.
  const shown = `${sync.state} ${upload.state}`;
  const before = useRef(shown);
  useEffect(() => {
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (before.current !== shown && lost) body.current?.focus();
    before.current = shown;
  }, [shown]);

  const busy = again.isPending || finish.isPending || cancel.isPending;
  const stopped = sync.state === "failed";
  const goOn = (
    <Button loading={again.isPending} disabled={busy} onClick={() => again.mutate()}>
      {stopped ? "Go on" : "Look for what is new"}
    </Button>
  );
  const finishIt = upload.state === "open" && (
    <Button
      variant="default"
      loading={finish.isPending}
      disabled={busy}
      onClick={() => finish.mutate()}
    >
      {stopped ? "Finish with what is there" : "Finish"}
    </Button>
  );
  const numbers = `${plural(sync.looked, "object")} looked at, ${count(sync.taken)} new`;
  return (
    <Section
      title={running ? "Coming in from a bucket" : "From a bucket"}
      actions={
        running ? (
          <Button
            variant="subtle"
            color="red"
            loading={cancel.isPending || stopping}
            onClick={() => void handleCancel()}
          >
            Stop
          </Button>
        ) : (
          <>
            {finishIt}
            {goOn}
          </>
        )
      }
    >
      <div ref={body} tabIndex={-1} className={own.sync}>
        <div className={`${css.mono} ${own.address}`}>{sync.address}</div>
        {running && <div className={own.working} role="progressbar" aria-label="Bringing in" />}
        {stopped && upload.state === "cancelled" && <div>Stopped before its end.</div>}
        {stopped && upload.state !== "cancelled" && (
          <Failure error={new Error(sync.message ?? "the bucket was not read to its end")} />
        )}
        <div className={own.hint}>
          <span role="status">
            {sync.state === "done" ? `Looked through: ${numbers}` : numbers}
          </span>
          . Begun <TimeAgo time={sync.began_at} />.
          {stopping && " It stops as soon as what it is at has come in."}
          {running && !stopping && " You may leave this page."}
          {sync.ascending && " Later files have later names."}
        </div>
        {sync.state === "done" && upload.state === "open" && (
          <div className={own.hint}>
            Finish it when this is all for now. Looking for what is new opens it again and takes
            only what was stored since.
          </div>
        )}
      </div>
    </Section>
  );
}
