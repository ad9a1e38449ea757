/** /p/:id/uploads/:uid/annotations: a file of another tool, looked at first, becomes pre-labels of the upload's assets. */
import { Select, Switch } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Upload } from "~/api/types";
import { uploadQuery } from "~/api/uploads";
import { Failure, Page, Section, Waiting } from "~/components/Page";
import css from "~/components/page.module.css";
import { DropZone } from "~/components/uploading/DropZone";
import { fileKey, FileName } from "~/components/uploading/OneFile";
import { useIsSending } from "~/components/uploading/Sending";
import { ANNOTATION_FORMATS, type AnnotationFormat } from "~/lib/annotationFile";
import { formatOf, oneFileOf } from "~/lib/chosenAnnotations";
import { useTakenOver } from "~/lib/uploading/handOver";
import { AnnotationsImport } from "./AnnotationsImport";
import own from "./uploads.module.css";

export function AnnotationsPage({ projectId, uploadId }: { projectId: string; uploadId: string }) {
  const upload = useQuery(uploadQuery(projectId, uploadId));
  const [handed] = useTakenOver();
  const [file, setFile] = useState<File | null>(handed?.file ?? null);
  const take = useMutation({ mutationFn: oneFileOf, onSuccess: setFile });
  const isSending = useIsSending();
  return (
    <Page
      title="Add annotations"
      crumbs={
        <>
          <Link to="/p/$projectId/uploads" params={{ projectId }} className={css.crumb}>
            Uploads /
          </Link>
          <Link
            to="/p/$projectId/uploads/$uploadId"
            params={{ projectId, uploadId }}
            className={css.crumb}
          >
            {upload.data?.name ?? "Upload"} /
          </Link>
        </>
      }
      width="narrow"
    >
      {upload.error !== null ? (
        <Failure error={upload.error} onRetry={() => void upload.refetch()} />
      ) : (
        <>
          <div style={{ marginBottom: 16 }}>
            <DropZone
              everywhere
              compact={file !== null}
              closed={isSending}
              onFiles={(files) => {
                if (files.length > 0) take.mutate(files);
              }}
            >
              {file === null ? (
                <>
                  <strong style={{ color: "var(--sheaf-text)" }}>
                    Drop a file or folder of another tool anywhere on this page
                  </strong>
                  <br />
                  Label Studio, COCO, YOLO, Pascal VOC, CVAT, Labelbox, Ground Truth or a CSV of
                  boxes; as it is or in a zip. Images among them are not sent.
                </>
              ) : (
                <FileName file={file} />
              )}
            </DropZone>
          </div>
          {take.error !== null && (
            <div style={{ marginBottom: 16 }}>
              <Failure error={take.error} />
            </div>
          )}
          {take.isPending && <Waiting what="files" />}
          {file === null && !take.isPending && <WhatComesOfIt />}
          {file !== null && upload.isPending && <Waiting what="upload" />}
          {file !== null && upload.data !== undefined && (
            // It stays until another file is there: what is dropped may be refused.
            <div hidden={take.isPending}>
              <Chosen key={fileKey(file)} projectId={projectId} upload={upload.data} file={file} />
            </div>
          )}
        </>
      )}
    </Page>
  );
}

function WhatComesOfIt() {
  return (
    <Section title="What comes of it">
      <div className={own.rows}>
        <div>
          What people and models said there becomes pre-labels here: annotators begin with them and
          correct them. You see what would come in before anything is written.
        </div>
        <div className={own.hint}>
          An asset is found by the path of its file, by the end of that path, or by its name when
          there is only one; or by its address or reference id. What is not there is told: texts and
          addresses can become assets of this upload, files must be uploaded first.
        </div>
      </div>
    </Section>
  );
}

/** Which format it is; guessed, and to be corrected. */
function Chosen({ projectId, upload, file }: { projectId: string; upload: Upload; file: File }) {
  const guess = useQuery({
    queryKey: ["annotation-format", file.name, file.size, file.lastModified],
    queryFn: () => formatOf(file),
    retry: false,
    gcTime: 0,
  });
  const [chosen, setChosen] = useState<AnnotationFormat | null>(null);
  const [zeroBased, setZeroBased] = useState(false);
  // An upload with nothing in it waits for what the file brings.
  const isEmpty = upload.counts.received === 0;
  const [addAssets, setAddAssets] = useState(isEmpty);
  const [addable, setAddable] = useState(isEmpty);
  if (guess.isPending) return <Waiting what="file" />;
  if (guess.error !== null) return <Failure error={guess.error} />;
  const format = chosen ?? guess.data;
  return (
    <>
      <Section title="What it is">
        <div className={own.rows}>
          <Select
            label="Format"
            description={
              guess.data === null
                ? "The file does not tell. Say what wrote it."
                : "As the file looks. Change it when that is wrong."
            }
            placeholder="Choose a format"
            data={ANNOTATION_FORMATS}
            value={format}
            allowDeselect={false}
            onChange={(value) =>
              setChosen(ANNOTATION_FORMATS.find((entry) => entry.value === value)?.value ?? null)
            }
          />
          {format === "voc" && (
            <Switch
              label="Pixels count from 0"
              description="As labelImg and deepforest write. The VOC devkit counts from 1, and no file tells which it is."
              checked={zeroBased}
              onChange={(event) => setZeroBased(event.currentTarget.checked)}
            />
          )}
          {addable && (
            <Switch
              label="Add texts and addresses that are not there"
              description="They become assets of this upload. Files do not: upload them first."
              checked={addAssets}
              onChange={(event) => setAddAssets(event.currentTarget.checked)}
            />
          )}
        </div>
      </Section>
      {format !== null && (
        <AnnotationsImport
          key={`${format}-${zeroBased}-${addAssets}`}
          projectId={projectId}
          upload={upload}
          file={file}
          how={{ format, zeroBased: format === "voc" && zeroBased, addAssets }}
          onAddable={() => setAddable(true)}
        />
      )}
    </>
  );
}
