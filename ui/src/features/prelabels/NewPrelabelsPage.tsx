/** /p/:id/uploads/prelabels/new: a file with a pre-label a line, looked at by the server before it is written. */
import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { putPrelabels } from "~/api/prelabels";
import { CodeLine } from "~/components/CodeLine";
import { Failure, Page, Section } from "~/components/Page";
import css from "~/components/page.module.css";
import { fileKey, OneFile } from "~/components/uploading/OneFile";
import { Sending, SENDING, useSending } from "~/components/uploading/Sending";
import { bytes, percent } from "~/lib/format";
import { useTakenOver } from "~/lib/uploading/handOver";
import { PrelabelReportView } from "./PrelabelReport";
import own from "./prelabels.module.css";

export function NewPrelabelsPage({ projectId }: { projectId: string }) {
  const [handed] = useTakenOver();
  const [file, setFile] = useState<File | null>(handed?.file ?? null);
  return (
    <Page
      title="Bring in pre-labels"
      crumbs={
        <Link to="/p/$projectId/uploads/prelabels" params={{ projectId }} className={css.crumb}>
          Pre-labels /
        </Link>
      }
      width="narrow"
    >
      <OneFile file={file} ask="Drop a JSONL file anywhere on this page" onFile={setFile}>
        A line says what a model or tool says of one asset.
      </OneFile>
      {file === null ? <Form /> : <Chosen key={fileKey(file)} projectId={projectId} file={file} />}
    </Page>
  );
}

function Form() {
  return (
    <Section title="What a line says">
      <CodeLine
        label="A JSONL file"
        text={
          '{"reference_id":"img-1","score":0.83,"response":{"annotations":[{"type":"box","label":"car","left":12,"top":40,"width":200,"height":160}]}}\n{"upload":"june","path":"a/2.png","score":0.41,"response":{"fields":{"weather":"rain"}}}'
        }
      />
      <p className={css.dim}>
        The asset by <code>asset_id</code>, by your own <code>reference_id</code>, or by{" "}
        <code>upload</code> and <code>path</code>. The <code>response</code> has the shape of an
        answer: boxes and polygons in pixels of the original image, spans in characters. A{" "}
        <code>score</code> and a <code>source</code> of its own may be left out.
      </p>
    </Section>
  );
}

/** `yolo-v8` of `yolo-v8.jsonl`. */
const sourceOf = (name: string) => name.replace(/\.[^.]*$/, "").slice(0, 100);

function Chosen({ projectId, file }: { projectId: string; file: File }) {
  const client = useQueryClient();
  const [source, setSource] = useState(() => sourceOf(file.name));
  const { sent, start, stop } = useSending();
  const put = useMutation({
    mutationKey: SENDING,
    mutationFn: (dryRun: boolean) =>
      putPrelabels(projectId, file, { source: source.trim(), dryRun, ...start() }),
    // A call that broke off has written some.
    onSettled: () => client.invalidateQueries({ queryKey: ["prelabel-sources", projectId] }),
  });
  const report = put.data;
  if (put.isPending) {
    return (
      <Sending sent={sent} onStop={stop}>
        {put.variables ? "Looking at it" : "Writing"}: {percent(sent, 1)} of {bytes(file.size)}{" "}
        sent. Stay here until it is done.
      </Sending>
    );
  }
  const isWritten = report !== undefined && !report.dry_run;
  return (
    <div className={own.rows}>
      {!isWritten && (
        <TextInput
          label="Source"
          description="The name of the model or tool, for lines that name none. Its words for an asset take the place of those that it had."
          value={source}
          maxLength={100}
          onChange={(event) => setSource(event.currentTarget.value)}
        />
      )}
      {put.error !== null && !(put.error instanceof DOMException) && <Failure error={put.error} />}
      {put.error instanceof DOMException && (
        <div role="status">
          {put.variables
            ? "Cancelled: nothing was written."
            : "Cancelled. What was written until then stays; the same file again does the rest."}
        </div>
      )}
      {report !== undefined && <PrelabelReportView projectId={projectId} report={report} />}
      {!isWritten && (
        <div className={own.foot}>
          <Button size="sm" onClick={() => put.mutate(false)}>
            Write the pre-labels
          </Button>
          <Button size="sm" variant="default" onClick={() => put.mutate(true)}>
            Only look
          </Button>
          <span className={css.dim}>Sending a file twice is harmless.</span>
        </div>
      )}
    </div>
  );
}
