/** /p/:id/export: take the answers out, of the project, a batch or a query; here or by a script. */
import { Button, SegmentedControl, Select } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { batchesQuery } from "~/api/batches";
import { exportUrl } from "~/api/library";
import { projectQuery } from "~/api/projects";
import { CodeLine } from "~/components/CodeLine";
import { Failure, Page, Section } from "~/components/Page";
import css from "~/components/page.module.css";
import { QueryChips } from "~/components/query/QueryChips";
import { QueryBox } from "~/components/query/QueryBox";
import { useAssetCount } from "./useAssetCount";
import { cliLine, curlLine, type ExportChoice, type ExportFormat, type MergeRule } from "./lines";
import { plural } from "~/lib/format";

const FORMATS: {
  value: ExportFormat;
  label: string;
  hint: string;
  /** Nothing but images. */
  images?: true;
}[] = [
  {
    value: "jsonl",
    label: "JSONL",
    hint: "One line for each answer, with the asset, its metadata and the whole response. Nothing is left out.",
  },
  {
    value: "csv",
    label: "CSV",
    hint: "One row for each answer, with metadata and answered fields as columns. Shapes are JSON in a cell.",
  },
  {
    value: "coco",
    label: "COCO",
    hint: "images, annotations and categories with boxes and polygons in pixels. For images only.",
    images: true,
  },
  {
    value: "label-studio",
    label: "Label Studio",
    hint: "One task for each asset, with every answer as an annotation. Images of unknown size keep their shapes under meta.",
  },
  {
    value: "yolo",
    label: "YOLO",
    hint: "A zip with data.yaml, one file of boxes and polygons for each image, and a list of the assets. Fields and attributes have no place in it.",
    images: true,
  },
  {
    value: "voc",
    label: "Pascal VOC",
    hint: "A zip with one XML file for each image, and a list of the assets. Polygons become boxes, in whole pixels.",
    images: true,
  },
  {
    value: "ground-truth",
    label: "Ground Truth",
    hint: "A manifest of SageMaker: boxes or spans and choices, one line for each asset. Polygons become boxes.",
  },
  {
    value: "parquet",
    label: "Parquet",
    hint: "One row for each answer, with the response and the metadata as JSON columns. For pandas, DuckDB and the like.",
  },
];

export type ExportSearch = {
  q?: string;
  batch?: string;
  format?: ExportFormat;
  answers?: "labelled" | "all";
  merged?: MergeRule;
};

export function ExportPage({
  projectId,
  search,
  onSearch,
}: {
  projectId: string;
  search: ExportSearch;
  onSearch: (search: ExportSearch) => void;
}) {
  const project = useQuery(projectQuery(projectId));
  const batches = useQuery(batchesQuery(projectId));
  const text = project.data?.media === "text";
  const format = search.format ?? "jsonl";
  const answers = search.answers ?? "labelled";
  const scope = search.batch !== undefined ? "batch" : search.q !== undefined ? "query" : "project";
  const q = search.q ?? "";
  const items = batches.data?.items ?? [];
  const { merged } = search;
  const choice: ExportChoice = { projectId, format, answers, q, batch: search.batch, merged };
  const { found, error } = useAssetCount(projectId, scope === "query" ? q : null);
  const batchName = items.find((batch) => batch.id === search.batch)?.name;

  const setScope = (value: string) => {
    const { q: _q, batch: _batch, ...rest } = search;
    if (value === "query") onSearch({ ...rest, q: "is:labelled" });
    else if (value === "batch") onSearch({ ...rest, batch: items[0]?.id ?? "" });
    else onSearch(rest);
  };
  return (
    <Page title="Export" note={project.data?.name} width="narrow">
      <Section title="What">
        <div style={{ display: "grid", gap: 12 }}>
          <SegmentedControl
            aria-label="What is exported"
            style={{ justifySelf: "start" }}
            value={scope}
            onChange={setScope}
            data={[
              { value: "project", label: "The whole project" },
              { value: "batch", label: "A batch" },
              { value: "query", label: "What a query finds" },
            ]}
          />
          {scope === "batch" && (
            <Select
              label="Batch"
              searchable
              allowDeselect={false}
              value={search.batch ?? null}
              onChange={(batch) => onSearch({ ...search, batch: batch ?? "" })}
              data={items.map((batch) => ({ value: batch.id, label: batch.name }))}
              nothingFoundMessage="No batches yet"
            />
          )}
          {scope === "query" && (
            <>
              <div style={{ display: "flex" }}>
                <QueryBox
                  projectId={projectId}
                  value={q}
                  label="Query of the export"
                  onRun={(next) => onSearch({ ...search, q: next })}
                />
              </div>
              <QueryChips
                projectId={projectId}
                q={q}
                onRun={(next) => onSearch({ ...search, q: next })}
              />
              {error === null ? (
                <div className={css.dim} role="status">
                  {found === null ? "" : `${plural(found, "asset matches", "assets match")}.`}
                </div>
              ) : (
                <Failure error={error} />
              )}
            </>
          )}
          <SegmentedControl
            aria-label="Which assets of it"
            style={{ justifySelf: "start" }}
            value={answers}
            onChange={(value) =>
              onSearch({ ...search, answers: value === "all" ? "all" : "labelled" })
            }
            data={[
              { value: "labelled", label: "Only what has an answer" },
              { value: "all", label: "All, answered or not" },
            ]}
          />
          <SegmentedControl
            aria-label="Of several answers to a task"
            style={{ justifySelf: "start" }}
            value={merged ?? "every"}
            onChange={(value) => {
              const { merged: _merged, ...rest } = search;
              onSearch(value === "every" ? rest : { ...rest, merged: value as MergeRule });
            }}
            data={[
              { value: "every", label: "Every answer" },
              { value: "majority", label: "One a task, by majority" },
              { value: "reviewer", label: "One a task, a reviewer’s" },
            ]}
          />
          {merged !== undefined && (
            <p className={css.dim} style={{ margin: 0 }}>
              {merged === "majority"
                ? "What most of the people say, once all have judged; a reviewer’s own version where there is one."
                : "Only what a reviewer put in the place of several answers, and answers of tasks that need one."}
            </p>
          )}
        </div>
      </Section>
      <Section title="Format">
        <SegmentedControl
          aria-label="Format"
          miw={240}
          value={format}
          onChange={(value) =>
            onSearch({
              ...search,
              format: FORMATS.find((f) => f.value === value)?.value ?? "jsonl",
            })
          }
          data={FORMATS.filter((entry) => !(text && entry.images)).map(({ value, label }) => ({
            value,
            label,
          }))}
        />
        <p className={css.dim} style={{ margin: "8px 0 0" }}>
          {FORMATS.find((entry) => entry.value === format)?.hint}
        </p>
      </Section>
      <div style={{ marginBottom: 18 }}>
        <Button
          size="sm"
          component="a"
          href={exportUrl(projectId, {
            format,
            answers,
            ...(scope === "query" ? { q } : {}),
            ...(search.batch === undefined ? {} : { batch: search.batch }),
            ...(merged === undefined ? {} : { merged }),
          })}
          download
          data-disabled={error !== null || undefined}
          aria-disabled={error !== null}
          onClick={(event) => {
            if (error !== null) event.preventDefault();
          }}
          leftSection={<IconDownload size={16} />}
        >
          Download {FORMATS.find((entry) => entry.value === format)?.label}
        </Button>
      </div>
      <Section title="The same from a script">
        <div style={{ display: "grid", gap: 10 }}>
          <CodeLine label="curl command" text={curlLine(choice, window.location.origin)} />
          <CodeLine
            label="sheaf command"
            text={cliLine(choice, project.data?.name ?? projectId, batchName)}
          />
          <div className={css.dim}>Make an API key on your account page.</div>
        </div>
      </Section>
    </Page>
  );
}
