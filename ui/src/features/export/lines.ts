/** The command lines that do what the export page does. Pure. */

export const EXPORT_FORMATS = [
  "jsonl",
  "csv",
  "coco",
  "label-studio",
  "yolo",
  "voc",
  "ground-truth",
  "parquet",
] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
/** How several answers to a task become one. */
export type MergeRule = "majority" | "reviewer";
export type ExportChoice = {
  projectId: string;
  format: ExportFormat;
  answers: "labelled" | "all";
  q: string;
  batch?: string | undefined;
  merged?: MergeRule | undefined;
};

/** Quoted for a POSIX shell. */
export const shell = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const ENDINGS: Partial<Record<ExportFormat, string>> = {
  coco: "coco.json",
  "label-studio": "label-studio.json",
  yolo: "yolo.zip",
  voc: "voc.zip",
  "ground-truth": "manifest",
};
const fileOf = (format: ExportFormat) => `answers.${ENDINGS[format] ?? format}`;

export function curlLine(choice: ExportChoice, origin: string): string {
  const search = new URLSearchParams({ format: choice.format, answers: choice.answers });
  if (choice.batch !== undefined) search.set("batch", choice.batch);
  else if (choice.q !== "") search.set("q", choice.q);
  if (choice.merged !== undefined) search.set("merged", choice.merged);
  const url = `${origin}/api/projects/${choice.projectId}/export?${search.toString()}`;
  return `curl -f -H "Authorization: Bearer $SHEAF_KEY" -o ${fileOf(choice.format)} ${shell(url)}`;
}

export function cliLine(choice: ExportChoice, project: string, batchName?: string): string {
  return [
    "sheaf export",
    `--project ${shell(project)}`,
    `--format ${choice.format}`,
    choice.batch !== undefined ? `--batch ${shell(batchName ?? choice.batch)}` : null,
    choice.batch === undefined && choice.q !== "" ? `--query ${shell(choice.q)}` : null,
    choice.answers === "all" ? "--all" : null,
    choice.merged !== undefined ? `--merged ${choice.merged}` : null,
    `> ${fileOf(choice.format)}`,
  ]
    .filter((part) => part !== null)
    .join(" ");
}
