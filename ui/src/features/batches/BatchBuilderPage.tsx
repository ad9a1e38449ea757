/** /p/:id/batches/new: what goes in, how much of it, what stays out, and what then happens. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { appendToBatch, batchesQuery, batchQuery, createBatch, dryRun } from "~/api/batches";
import { fieldsQuery } from "~/api/library";
import { projectQuery } from "~/api/projects";
import { createUpload } from "~/api/uploads";
import { ApiError } from "~/api/http";
import { notifyDone, notifyError } from "~/components/notify";
import { Page } from "~/components/Page";
import pageCss from "~/components/page.module.css";
import { defaultFacets } from "~/components/query/defaultFacets";
import { newSeed, startPick } from "~/components/recipe/pick";
import { uploads } from "~/components/uploading/manager";
import type { BatchKind, Field } from "~/api/types";
import { ONE_JUDGEMENT } from "~/components/batch/JudgingFields";
import { GOLD_RATE } from "~/components/batch/kinds";
import { TO_EVERYBODY } from "~/components/batch/serving";
import { addedText } from "~/components/batch/words";
import { plural } from "~/lib/format";
import { tickedOf } from "~/lib/ticked";
import { asTexts, useStored } from "~/lib/useStored";
import type { PickedFile } from "~/lib/uploading/dropped";
import { BuilderFormView } from "./BuilderForm";
import {
  howOf,
  launches,
  recipeLack,
  recipeOf,
  settled,
  suggestName,
  type BuilderForm,
  type Source,
} from "./builder";
import css from "./batches.module.css";
import { DryRun, FilesPreview } from "./DryRun";

export type BuilderSearch = {
  from?: Source;
  q?: string;
  /** Id of the batch that the assets are added to, instead of making one. */
  into?: string;
  /** "none": what was already included goes in too, as for parts of other batches. */
  leave?: "none";
  kind?: BatchKind;
  /** The source whose pre-labels it shows. */
  prelabels?: string;
};

function startForm(projectId: string, search: BuilderSearch): BuilderForm {
  const ticked = tickedOf(projectId);
  const source = search.from ?? (search.q === undefined ? "library" : "query");
  return settled({
    ...startPick(newSeed(Math.random)),
    source: source === "ticked" && ticked.length === 0 ? "library" : source,
    q: search.q ?? "",
    ticked,
    exclude: search.leave !== "none",
    scope: "any",
    chosen: [],
    kind: search.kind ?? "production",
    goldRate: GOLD_RATE.usual,
    name: "",
    priority: 0,
    ...ONE_JUDGEMENT,
    ...TO_EVERYBODY,
    prelabels: search.prelabels ?? "",
    launch: false,
  });
}

/** Fields that the dry run compares at a time; the server takes 20. */
const COMPARED_MAX = 12;

/** What the dry run compares: the field of the pick first, then what groups the library. */
function shownFacets(form: BuilderForm, fields: Field[], chosen: string[] | null): string[] {
  const usual =
    chosen ??
    defaultFacets(fields)
      .filter((field) => field !== "uploaded" && field !== "status" && field !== "batch")
      .slice(0, 4);
  const by = (form.pick === "top" || form.pick === "quota") && form.by !== "" ? [form.by] : [];
  return [...new Set([...by, ...usual])].slice(0, COMPARED_MAX);
}

export function BatchBuilderPage({
  projectId,
  search,
}: {
  projectId: string;
  search: BuilderSearch;
}) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [form, setForm] = useState(() => startForm(projectId, search));
  const [files, setFiles] = useState<PickedFile[]>([]);
  const project = useQuery(projectQuery(projectId));
  const batches = useQuery(batchesQuery(projectId));
  const fields = useQuery(fieldsQuery(projectId));

  const names = new Set((batches.data?.items ?? []).map((batch) => batch.name));
  const name = form.name.trim() || suggestName(form, new Date(), names);
  const into = useQuery({
    ...batchQuery(projectId, search.into ?? ""),
    enabled: search.into !== undefined,
  });
  const lack = recipeLack(form);
  const [compared, setCompared] = useStored<string[] | null>(
    `sheaf:compared:${projectId}`,
    null,
    asTexts,
  );
  const facets = shownFacets(form, fields.data?.items ?? [], compared);
  const [{ askable, ...asked }] = useDebouncedValue(
    { recipe: recipeOf(form), facets, askable: lack === null },
    250,
  );
  const run = useQuery({
    queryKey: ["select", projectId, asked],
    queryFn: ({ signal }) => dryRun(projectId, { ...asked, sample: 24 }, signal),
    enabled: form.source !== "files" && fields.data !== undefined && lack === null && askable,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 0,
    gcTime: 30_000,
  });
  const stale =
    lack !== null ||
    run.isPlaceholderData ||
    JSON.stringify(asked.recipe) !== JSON.stringify(recipeOf(form));

  const make = useMutation({
    mutationFn: async () => {
      const how = howOf(form);
      if (search.into !== undefined) {
        const done = await appendToBatch(projectId, search.into, { recipe: recipeOf(form) });
        return { kind: "added" as const, id: done.batch.id, done };
      }
      if (form.source === "files") {
        const upload = await createUpload(projectId, {
          name,
          source: "browser",
          batch: { name, ...how },
        });
        await uploads.start(upload, projectId, files, launches(form));
        return { kind: "upload" as const, id: upload.id };
      }
      const batch = await createBatch(projectId, { name, recipe: recipeOf(form), ...how });
      return { kind: "batch" as const, id: batch.id, members: batch.counts.members };
    },
    onSuccess: (made) => {
      for (const key of ["batches", "batch", "batch-revisions", "project", "facets"]) {
        void client.invalidateQueries({ queryKey: [key, projectId] });
      }
      void client.invalidateQueries({ queryKey: ["projects"] });
      if (made.kind === "upload") {
        void navigate({
          to: "/p/$projectId/uploads/$uploadId",
          params: { projectId, uploadId: made.id },
        });
        return;
      }
      if (made.kind === "added") notifyDone(addedText(made.done));
      else
        notifyDone(
          `“${name}” has ${plural(made.members, "task")}${launches(form) ? " and is launched." : ", in staging."}`,
        );
      void navigate({
        to: "/p/$projectId/batches/$batchId",
        params: { projectId, batchId: made.id },
      });
    },
    onError: (error) => {
      if (error instanceof ApiError && error.code === "no_taxonomy") {
        notifyError(error, "It cannot be launched yet");
      } else {
        notifyError(error, search.into === undefined ? "No batch was made" : "Nothing was added");
      }
    },
  });

  return (
    <Page
      title={
        search.into === undefined
          ? "Make a batch"
          : `Add to ${into.data === undefined ? "a batch" : `“${into.data.name}”`}`
      }
      flush
      crumbs={
        <Link to="/p/$projectId/batches" params={{ projectId }} className={pageCss.crumb}>
          Batches /
        </Link>
      }
    >
      <div className={css.builder}>
        <BuilderFormView
          projectId={projectId}
          form={form}
          name={name}
          files={files}
          batchNames={[...names]}
          librarySize={project.data?.counts.assets ?? null}
          hasTaxonomy={(project.data?.taxonomy_version ?? 1) > 0}
          into={into.data}
          selection={form.source === "files" || stale ? null : (run.data ?? null)}
          making={make.isPending}
          onChange={(part) => setForm((now) => settled({ ...now, ...part }))}
          onFiles={setFiles}
          onMake={() => make.mutate()}
        />
        <div className={css.preview}>
          {form.source === "files" ? (
            <FilesPreview files={files} />
          ) : (
            <DryRun
              projectId={projectId}
              selection={run.data ?? null}
              stale={stale}
              error={run.error}
              lack={lack}
              quota={form.pick === "quota" ? { by: form.by, fill: form.fill } : null}
              compared={facets}
              comparedMax={COMPARED_MAX}
              onCompared={setCompared}
              requested={form.pick === "all" ? null : form.count}
              onRetry={() => void run.refetch()}
            />
          )}
        </div>
      </div>
    </Page>
  );
}
