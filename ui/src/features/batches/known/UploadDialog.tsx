/** Known answers from a file, a JSON object a line; what is wrong is told at its line, and nothing of that part is written. */
import { Button, FileInput, Modal } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { ApiError } from "~/api/http";
import { putKnownAnswers } from "~/api/quality";
import type { Batch, KnownAnswersWritten, Problem } from "~/api/types";
import dialog from "~/components/batch/batch.module.css";
import { Failure } from "~/components/Page";
import { bytes, count, plural } from "~/lib/format";
import own from "./known.module.css";
import { atLines, FILE_MAX, inChunks, readKnownFile, type LineProblem } from "./knownFile";
import { useRefreshKnown } from "~/components/batch/useRefreshKnown";
import { writtenText } from "./words";

/** Problems that are listed. */
const SHOWN = 100;
const EXAMPLE =
  '{"asset_id": "ast_…", "response": {"annotations": [], "fields": {"kind": "cat"}}, "note": "…"}';

type Outcome = { written: KnownAnswersWritten | null; problems: LineProblem[]; untilLine: number };

const problemsIn = (error: ApiError): Problem[] =>
  Array.isArray(error.details.problems) ? (error.details.problems as Problem[]) : [];

/** Sends the file in parts; stops at the first that is refused. */
async function send(projectId: string, batchId: string, file: File): Promise<Outcome> {
  if (file.size > FILE_MAX) {
    const message = `The file is larger than ${bytes(FILE_MAX)}. Use “sheaf batch known-answers”.`;
    return { written: null, problems: [{ line: 1, message }], untilLine: 0 };
  }
  const { lines, problems } = readKnownFile(await file.text());
  if (problems.length > 0) return { written: null, problems, untilLine: 0 };
  let written: KnownAnswersWritten | null = null;
  let total = 0;
  let untilLine = 0;
  for (const chunk of inChunks(lines)) {
    try {
      const items = chunk.map(({ item }) => item);
      const done: KnownAnswersWritten = await putKnownAnswers(projectId, batchId, items);
      total += done.written;
      written = { written: total, missing: done.missing };
      untilLine = chunk.at(-1)?.line ?? untilLine;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const told = atLines(problemsIn(error), chunk);
      const first = chunk[0]?.line ?? 1;
      return {
        written,
        problems: told.length > 0 ? told : [{ line: first, message: error.message }],
        untilLine,
      };
    }
  }
  return { written, problems: [], untilLine };
}

export function UploadDialog({
  projectId,
  batch,
  onClose,
}: {
  projectId: string;
  batch: Batch;
  onClose: () => void;
}) {
  const [file, setFile] = useState<File | null>(null);
  const refresh = useRefreshKnown(projectId, batch.id);
  const upload = useMutation({
    mutationFn: (chosen: File) => send(projectId, batch.id, chosen),
    onSettled: refresh,
  });
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (file !== null) upload.mutate(file);
  };
  const done = upload.data;
  return (
    <Modal opened onClose={onClose} title="Upload answers" size={560}>
      <form onSubmit={handleSubmit} className={dialog.dialog}>
        <div>
          A JSON object a line, with the asset, the answer as the export writes it, and a note. An
          answer that is known already is replaced.
        </div>
        <pre className={own.example}>{EXAMPLE}</pre>
        <FileInput
          label="File"
          placeholder="Choose a JSONL file"
          accept=".jsonl,.ndjson,.json,application/jsonl"
          value={file}
          onChange={(next) => {
            setFile(next);
            upload.reset();
          }}
          data-autofocus
        />
        {upload.error !== null && <Failure error={upload.error} />}
        {done !== undefined && <Told outcome={done} />}
        {done !== undefined && done.problems.length === 0 ? (
          <Button type="button" variant="default" onClick={onClose}>
            Close
          </Button>
        ) : (
          <Button type="submit" loading={upload.isPending} disabled={file === null}>
            Upload
          </Button>
        )}
      </form>
    </Modal>
  );
}

function Told({ outcome: { written, problems, untilLine } }: { outcome: Outcome }) {
  return (
    <div role={problems.length > 0 ? "alert" : "status"}>
      {written !== null && (
        <div>
          {writtenText(written)}
          {problems.length > 0 && ` Lines 1 to ${count(untilLine)} are written, the rest is not.`}
        </div>
      )}
      {problems.length > 0 && (
        <>
          {written === null && <div>Nothing was written.</div>}
          <ul className={own.problems}>
            {problems.slice(0, SHOWN).map(({ line, message }) => (
              <li key={`${line} ${message}`}>
                <b>Line {count(line)}</b>: {message}
              </li>
            ))}
          </ul>
          {problems.length > SHOWN && <div>{plural(problems.length - SHOWN, "problem")} more.</div>}
        </>
      )}
    </div>
  );
}
