/** /p/:id/uploads/new: choose files, say where they go; a manifest is looked at before it is taken in. */
import { Button, SegmentedControl, Switch, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { projectQuery } from "~/api/projects";
import type { ManifestColumnChoice, ManifestPreview, Upload } from "~/api/types";
import {
  commitManifest,
  createUpload,
  dropManifest,
  putManifest,
  uploadsQuery,
} from "~/api/uploads";
import { notifyError } from "~/components/notify";
import { Failure, Page, Section } from "~/components/Page";
import pageCss from "~/components/page.module.css";
import { DropZone } from "~/components/uploading/DropZone";
import { uploads } from "~/components/uploading/manager";
import { bytes, day, plural } from "~/lib/format";
import { manifestAmong, type PickedFile } from "~/lib/uploading/dropped";
import { handOver, useTakenOver } from "~/lib/uploading/handOver";
import { ManifestReview } from "./ManifestReview";
import css from "./uploads.module.css";

/** "Night drive, 2026-11-24" from the folder that was dropped, or the file. */
function suggestName(files: readonly PickedFile[], closed: ReadonlySet<string>): string {
  const first = files[0];
  if (first === undefined) return "";
  const folder = first.path.includes("/") ? (first.path.split("/")[0] ?? "") : "";
  const single = files.length === 1 ? first.path.replace(/\.[^.]+$/, "") : "";
  const base = `${folder || single || plural(files.length, "file")}, ${day(new Date().toISOString())}`;
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? base : `${base} (${n})`;
    if (!closed.has(name)) return name;
  }
}

/** The one file, when another tool may have written it. */
const otherTool = (files: readonly PickedFile[]): PickedFile | null =>
  files.length === 1 && /\.(json|jsonl|ndjson|xml|manifest)$/i.test(files[0]?.path ?? "")
    ? (files[0] ?? null)
    : null;

export function NewUploadPage({ projectId }: { projectId: string }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const project = useQuery(projectQuery(projectId));
  const handed = useTakenOver();
  const [files, setFiles] = useState<readonly PickedFile[]>(handed);
  const [typed, setTyped] = useState("");
  const [useManifest, setUseManifest] = useState(true);
  const [intoBatch, setIntoBatch] = useState(false);
  const [batchName, setBatchName] = useState("");
  const [launch, setLaunch] = useState(false);
  const [staged, setStaged] = useState<{ upload: Upload; preview: ManifestPreview } | null>(null);

  const manifest = useManifest ? manifestAmong(files) : null;
  const rest = files.filter((entry) => entry !== manifest);
  const earlier = useQuery(uploadsQuery(projectId)).data?.items ?? [];
  const closed = new Set(
    earlier.filter((upload) => upload.state !== "open").map((upload) => upload.name),
  );
  const name = typed.trim() || suggestName(files, closed);
  const total = files.reduce((sum, entry) => sum + entry.file.size, 0);
  const hasTaxonomy = (project.data?.taxonomy_version ?? 1) > 0;

  const toUpload = (uploadId: string) => {
    void client.invalidateQueries({ queryKey: ["uploads", projectId] });
    void navigate({ to: "/p/$projectId/uploads/$uploadId", params: { projectId, uploadId } });
  };
  const begin = useMutation({
    mutationFn: async () => {
      const upload = await createUpload(projectId, {
        name,
        source: "browser",
        ...(intoBatch ? { batch: { name: batchName.trim() || name, launch } } : {}),
      });
      if (upload.state !== "open") {
        throw new Error(
          `there is an upload called “${upload.name}” that is ${upload.state}: choose another name`,
        );
      }
      if (manifest === null) {
        await uploads.start(upload, projectId, rest, intoBatch && launch);
        return { upload, preview: null };
      }
      return { upload, preview: await putManifest(projectId, upload.id, manifest.file) };
    },
    onSuccess: ({ upload, preview }) => {
      if (preview === null) toUpload(upload.id);
      else setStaged({ upload, preview });
    },
    onError: (error) => notifyError(error, "The upload did not begin"),
  });
  const commit = useMutation({
    mutationFn: async (columns: ManifestColumnChoice[]) => {
      if (staged === null) throw new Error("there is no manifest to take in");
      await commitManifest(projectId, staged.upload.id, columns);
      await uploads.start(staged.upload, projectId, rest, intoBatch && launch);
      return staged.upload.id;
    },
    onSuccess: toUpload,
    onError: (error) => notifyError(error, "The manifest was not taken in"),
  });
  const other = otherTool(files);
  const toAnnotations = useMutation({
    mutationFn: (_file: PickedFile) => createUpload(projectId, { name, source: "browser" }),
    onSuccess: ({ id }, file) => {
      handOver([file]);
      void client.invalidateQueries({ queryKey: ["uploads", projectId] });
      void navigate({
        to: "/p/$projectId/uploads/$uploadId/annotations",
        params: { projectId, uploadId: id },
      });
    },
    onError: (error) => notifyError(error, "The upload did not begin"),
  });
  const handleBack = () => {
    // The upload stays open and empty; trying again under its name goes on with it.
    if (staged !== null) dropManifest(projectId, staged.upload.id).catch(() => undefined);
    setStaged(null);
  };

  const crumbs = (
    <Link to="/p/$projectId/uploads" params={{ projectId }} className={pageCss.crumb}>
      Uploads /
    </Link>
  );
  if (staged !== null) {
    return (
      <Page title={`Look at ${manifest?.path ?? "the manifest"}`} crumbs={crumbs}>
        <ManifestReview
          preview={staged.preview}
          otherFiles={rest.length}
          busy={commit.isPending}
          onBack={handleBack}
          onCommit={(columns) => commit.mutate(columns)}
        />
      </Page>
    );
  }
  return (
    <Page title="Upload" crumbs={crumbs} width="narrow">
      <div style={{ marginBottom: 16 }}>
        <DropZone everywhere compact={files.length > 0} onFiles={setFiles}>
          {files.length === 0 ? (
            <>
              <strong style={{ color: "var(--sheaf-text)" }}>
                Drop files or a folder anywhere on this page
              </strong>
              <br />
              {project.data?.media === "text"
                ? "Text files, or a CSV or JSONL manifest with a column of texts."
                : "PNG, JPEG, WebP, GIF, SVG, or a CSV or JSONL manifest with addresses or metadata."}
            </>
          ) : (
            <span className={css.summary}>
              <strong>
                {plural(files.length, "file")}, {bytes(total)}
              </strong>
              Drop others to replace them.
            </span>
          )}
        </DropZone>
      </div>
      {other !== null && (
        <Section
          title="From another tool?"
          actions={
            <Button
              variant="default"
              loading={toAnnotations.isPending}
              onClick={() => toAnnotations.mutate(other)}
            >
              Look at it
            </Button>
          }
        >
          A file of Label Studio, COCO, Labelbox or another tool brings texts or addresses, and what
          was said of them. You see what would come in before anything is added.
        </Section>
      )}
      {files.length > 0 && (
        <Section title="Where they go">
          <div className={css.rows}>
            {manifestAmong(files) !== null && (
              <Switch
                label={`Use ${manifestAmong(files)?.path ?? ""} as the manifest`}
                description="Its rows become assets, or describe the other files. You see what is in it before anything is added."
                checked={useManifest}
                onChange={(event) => setUseManifest(event.currentTarget.checked)}
              />
            )}
            <TextInput
              label="Name of the upload"
              description="The name of an earlier upload goes on with that one; nothing is added twice."
              value={typed}
              placeholder={name}
              onChange={(event) => setTyped(event.target.value)}
            />
            <div>
              <SegmentedControl
                aria-label="Where they go"
                value={intoBatch ? "batch" : "library"}
                onChange={(value) => setIntoBatch(value === "batch")}
                data={[
                  { value: "library", label: "Library only" },
                  { value: "batch", label: "Straight into a new batch" },
                ]}
              />
              <div className={css.hint} style={{ marginTop: 6 }}>
                {intoBatch
                  ? "When all have arrived, a batch is made of exactly these assets."
                  : "Nobody is asked to label them until they are in a launched batch."}
              </div>
            </div>
            {intoBatch && (
              <div className={css.inline}>
                <TextInput
                  label="Name of the batch"
                  value={batchName}
                  placeholder={name}
                  onChange={(event) => setBatchName(event.target.value)}
                  style={{ flex: 1 }}
                />
                <Switch
                  label="Launch it when all have arrived"
                  checked={launch}
                  disabled={!hasTaxonomy}
                  onChange={(event) => setLaunch(event.currentTarget.checked)}
                  mb={7}
                />
              </div>
            )}
            {intoBatch && !hasTaxonomy && (
              <div className={css.hint}>
                The project has no taxonomy yet, so the batch waits in staging.
              </div>
            )}
            {begin.error !== null && <Failure error={begin.error} />}
            <div className={css.inline}>
              <Button size="sm" loading={begin.isPending} onClick={() => begin.mutate()}>
                {manifest === null
                  ? `Upload ${plural(files.length, "file")}${intoBatch ? " into a batch" : ""}`
                  : "Look at the manifest"}
              </Button>
              <Button size="sm" variant="subtle" onClick={() => setFiles([])}>
                Choose others
              </Button>
            </div>
          </div>
        </Section>
      )}
    </Page>
  );
}
