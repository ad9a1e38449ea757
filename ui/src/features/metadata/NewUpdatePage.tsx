/** /p/:id/uploads/metadata/new: a file with a change a row, looked at before it is sent. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { fieldsQuery } from "~/api/library";
import { sendMetadataFile } from "~/api/metadata";
import { CodeLine } from "~/components/CodeLine";
import { Failure, Page, Section, Waiting } from "~/components/Page";
import css from "~/components/page.module.css";
import { fileKey, OneFile } from "~/components/uploading/OneFile";
import { Sending, SENDING, useSending } from "~/components/uploading/Sending";
import { bytes, percent } from "~/lib/format";
import { patchFormat, SKETCH_BYTES, sketchPatch } from "~/lib/patchFile";
import { useTakenOver } from "~/lib/uploading/handOver";
import own from "./metadata.module.css";
import { PatchReview } from "./PatchReview";
import { UpdatesCrumb } from "./UpdatesCrumb";

export function NewUpdatePage({ projectId }: { projectId: string }) {
  const [handed] = useTakenOver();
  const [file, setFile] = useState<File | null>(handed?.file ?? null);
  return (
    <Page
      title="Update metadata from a file"
      crumbs={<UpdatesCrumb projectId={projectId} />}
      width="narrow"
    >
      <OneFile file={file} ask="Drop a CSV or JSONL file anywhere on this page" onFile={setFile}>
        A row changes the metadata of one asset that is in the library.
      </OneFile>
      {file === null ? <Forms /> : <Chosen key={fileKey(file)} projectId={projectId} file={file} />}
    </Page>
  );
}

function Forms() {
  return (
    <Section title="What a row says">
      <div className={own.forms}>
        <div>
          <h3>CSV</h3>
          <CodeLine label="A CSV file" text={"ref,score,weather\nimg-1,0.41,rain\nimg-2,0.93,"} />
          <p className={css.dim}>
            A column <code>ref</code> (your reference id) or <code>id</code> (the asset’s id) says
            which asset. Every other column is a field. An empty cell leaves the field as it is.
          </p>
        </div>
        <div>
          <h3>JSONL</h3>
          <CodeLine
            label="A JSONL file"
            text={
              '{"ref":"img-1","metadata":{"score":0.4}}\n{"ref":"img-2","metadata":{"old":null}}'
            }
          />
          <p className={css.dim}>
            <code>metadata</code> is merged into what is there: a value sets, <code>null</code>{" "}
            removes a field, an object goes on inside. What it does not name stays.
          </p>
        </div>
      </div>
    </Section>
  );
}

function Chosen({ projectId, file }: { projectId: string; file: File }) {
  const navigate = useNavigate();
  const format = patchFormat(file.name);
  const fields = useQuery(fieldsQuery(projectId));
  const sketch = useQuery({
    queryKey: ["patch-sketch", file.name, file.size, file.lastModified],
    queryFn: async () =>
      sketchPatch(
        await file.slice(0, SKETCH_BYTES).text(),
        format ?? "jsonl",
        file.size <= SKETCH_BYTES,
      ),
    enabled: format !== null,
    retry: false,
    gcTime: 0,
  });
  const { sent, start, stop } = useSending();
  const begin = useMutation({
    mutationKey: SENDING,
    mutationFn: () => sendMetadataFile(projectId, file, format ?? "jsonl", start()),
    onSuccess: (update) =>
      void navigate({
        to: "/p/$projectId/uploads/metadata/$updateId",
        params: { projectId, updateId: update.id },
        replace: true,
      }),
  });
  if (format === null) {
    return (
      <Failure
        error={
          new Error(
            `the name ${file.name} does not say the file's form: it must end in .csv, .tsv, .jsonl or .ndjson`,
          )
        }
      />
    );
  }
  if (sketch.isPending) return <Waiting what="file" />;
  if (sketch.error !== null) return <Failure error={sketch.error} />;
  const { problem } = sketch.data;
  const stopped = begin.error instanceof DOMException;
  return (
    <>
      <PatchReview sketch={sketch.data} fields={fields.data?.items ?? null} />
      {begin.isPending ? (
        <Sending sent={sent} onStop={stop}>
          {sent < 1
            ? `Sending: ${percent(sent, 1)} of ${bytes(file.size)}. Stay here until it is sent.`
            : "Sent. The server reads it through once."}
        </Sending>
      ) : (
        <div className={own.rows}>
          {begin.error !== null && !stopped && <Failure error={begin.error} />}
          {stopped && <div role="status">Cancelled before it began: nothing was changed.</div>}
          <div className={own.foot}>
            <Button size="sm" disabled={problem !== null} onClick={() => begin.mutate()}>
              Update the metadata
            </Button>
            <span className={css.dim}>
              Once it is sent it runs in the background. Sending a file twice is harmless.
            </span>
          </div>
        </div>
      )}
    </>
  );
}
