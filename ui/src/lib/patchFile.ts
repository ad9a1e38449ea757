/**
 * A file of metadata changes, looked at before it is sent: which member names the asset, which fields its rows change.
 * Reads only the beginning; the server reads all of it and has the last word on each row. Pure.
 */
import { valueText } from "./format";

export type PatchFormat = "csv" | "jsonl";
/** Bytes of the file that are looked at. */
export const SKETCH_BYTES = 256 * 1024;
/** Rows of them. */
const ROWS = 200;

export type PatchField = {
  name: string;
  /** Up to three different values. */
  samples: string[];
  /** A row takes the field away. */
  removes: boolean;
};
export type PatchSketch = {
  key: "id" | "ref" | null;
  keySamples: string[];
  fields: PatchField[];
  /** Rows that were looked at, and whether these are all. */
  rows: number;
  whole: boolean;
  /** Why it cannot be sent. */
  problem: { message: string; hint: string } | null;
};

export function patchFormat(name: string): PatchFormat | null {
  if (/\.(jsonl|ndjson)$/i.test(name)) return "jsonl";
  return /\.(csv|tsv)$/i.test(name) ? "csv" : null;
}

/** `text` is the file's beginning, or with `whole` all of it. */
export function sketchPatch(text: string, format: PatchFormat, whole: boolean): PatchSketch {
  const clean = text.startsWith("\uFEFF") ? text.slice(1) : text;
  if (clean.trim() === "") {
    return empty({ message: "The file is empty.", hint: "Choose one with a row for each change." });
  }
  return format === "csv" ? sketchCsv(clean, whole) : sketchJsonl(clean, whole);
}

const empty = (problem: PatchSketch["problem"]): PatchSketch => ({
  key: null,
  keySamples: [],
  fields: [],
  rows: 0,
  whole: true,
  problem,
});

function note(samples: string[], value: string): void {
  if (value !== "" && samples.length < 3 && !samples.includes(value)) samples.push(value);
}

const BOTH = {
  message: "Both id and ref say which asset a row is for.",
  hint: "Leave one of them out.",
};

function sketchCsv(text: string, whole: boolean): PatchSketch {
  const head = text.slice(0, /\r|\n|$/.exec(text)?.index ?? text.length);
  const delimiter = [",", ";", "\t"].reduce((best, next) =>
    head.split(next).length > head.split(best).length ? next : best,
  );
  const { records, more } = csvRecords(text, delimiter, whole);
  const [header = [], ...rows] = records;
  const names = header.map((name) => name.trim());
  const keys = names.filter((name) => name === "id" || name === "ref");
  const key = keys.length === 1 && (keys[0] === "id" || keys[0] === "ref") ? keys[0] : null;
  const fields: PatchField[] = [];
  const keySamples: string[] = [];
  names.forEach((name, at) => {
    const isKey = name === "id" || name === "ref";
    const field: PatchField = { name, samples: isKey ? keySamples : [], removes: false };
    if (!isKey) fields.push(field);
    for (const row of rows) note(field.samples, row[at] ?? "");
  });
  const problem =
    keys.length > 1
      ? BOTH
      : key === null
        ? {
            message: "No column says which asset a row is for.",
            hint: "Name one column id (the asset's id) or ref (your reference id), in the first row.",
          }
        : fields.length === 0
          ? {
              message: "There is no column with a field to change.",
              hint: "Add a column for each field; an empty cell leaves the field as it is.",
            }
          : rows.length === 0 && !more
            ? { message: "There is a header, and no row below it.", hint: "Add the rows." }
            : null;
  return { key, keySamples, fields, rows: rows.length, whole: !more, problem };
}

/** The first records, quotes read; the last one may be cut off and is left out then. */
function csvRecords(text: string, delimiter: string, whole: boolean) {
  const records: string[][] = [];
  let record: string[] = [];
  let cell = "";
  let quoted = false;
  const end = () => {
    record.push(cell);
    // An empty line is no record.
    if (record.length > 1 || cell !== "") records.push(record);
    record = [];
    cell = "";
  };
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i] ?? "";
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') {
        cell += c;
        i += 1;
      } else quoted = false;
    } else if (c === '"' && cell === "") quoted = true;
    else if (c === delimiter) {
      record.push(cell);
      cell = "";
    } else if (c === "\n" || c === "\r") {
      end();
      if (records.length > ROWS) return { records, more: true };
    } else cell += c;
  }
  if (whole) end();
  return { records, more: !whole };
}

function sketchJsonl(text: string, whole: boolean): PatchSketch {
  const lines = text.split("\n");
  if (!whole) lines.pop();
  const filled = lines.filter((line) => line.trim() !== "");
  const looked = filled.slice(0, ROWS);
  const fields = new Map<string, PatchField>();
  const keySamples: string[] = [];
  const keys = new Set<string>();
  let good = 0;
  for (const line of looked) {
    const row = objectOf(line);
    const patch = row?.metadata;
    if (row === null || typeof patch !== "object" || patch === null || Array.isArray(patch))
      continue;
    good += 1;
    for (const key of ["id", "ref"]) {
      if (row[key] === undefined) continue;
      keys.add(key);
      note(keySamples, valueText(row[key]));
    }
    for (const [name, value] of Object.entries(patch as Record<string, unknown>)) {
      const field = fields.get(name) ?? { name, samples: [], removes: false };
      fields.set(name, field);
      if (value === null) field.removes = true;
      else note(field.samples, valueText(value));
    }
  }
  const key = keys.has("id") ? ("id" as const) : keys.has("ref") ? ("ref" as const) : null;
  const shape = 'Write a line like {"ref": "img-1", "metadata": {"weather": "rain"}}.';
  const problem =
    good === 0
      ? { message: "No line is a change.", hint: shape }
      : key === null
        ? { message: "No line says which asset it is for.", hint: shape }
        : null;
  return {
    key,
    keySamples,
    fields: [...fields.values()],
    rows: looked.length,
    whole: whole && looked.length === filled.length,
    problem,
  };
}

function objectOf(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
