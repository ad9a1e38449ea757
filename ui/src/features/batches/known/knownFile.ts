/** A file of known answers: a JSON object a line. Read into items that know their line; what is wrong, at its line. Pure. */
import type { NewKnownAnswer, Problem, Response } from "~/api/types";

/** Answers in one request. */
export const AT_ONCE = 500;
/** Bytes of a file that a browser reads as one text without trouble. */
export const FILE_MAX = 64_000_000;

export interface KnownLine {
  /** From 1. */
  readonly line: number;
  readonly item: NewKnownAnswer;
}
export interface LineProblem {
  readonly line: number;
  readonly message: string;
}

export function readKnownFile(text: string): { lines: KnownLine[]; problems: LineProblem[] } {
  const lines: KnownLine[] = [];
  const problems: LineProblem[] = [];
  const seen = new Map<string, number>();
  text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .forEach((row, index) => {
      if (row.trim() === "") return;
      const line = index + 1;
      const read = readLine(row);
      if (typeof read === "string") {
        problems.push({ line, message: read });
        return;
      }
      const before = seen.get(read.asset_id);
      if (before !== undefined) {
        problems.push({ line, message: `The asset has an answer in line ${before} already.` });
        return;
      }
      seen.set(read.asset_id, line);
      lines.push({ line, item: read });
    });
  if (lines.length === 0 && problems.length === 0) {
    problems.push({ line: 1, message: "The file has no answers." });
  }
  return { lines, problems };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The answer of a line, or what is wrong with it. */
function readLine(row: string): NewKnownAnswer | string {
  let value: unknown;
  try {
    value = JSON.parse(row);
  } catch {
    return "This is not JSON. Each line is an object of its own.";
  }
  if (!isObject(value)) return "A line must be an object with asset_id and response.";
  const { asset_id, response, note, ...rest } = value;
  const [other] = Object.keys(rest);
  if (other !== undefined) return `“${other}” is not known; there are asset_id, response and note.`;
  if (typeof asset_id !== "string" || asset_id === "") return "asset_id is missing.";
  if (!isObject(response)) return "response is missing.";
  if (note !== undefined && note !== null && typeof note !== "string")
    return "note must be a text.";
  // The server checks the answer against the taxonomy, and says the place of what does not fit.
  return {
    asset_id,
    response: { annotations: [], fields: {}, ...response } as Response,
    note: typeof note === "string" ? note : "",
  };
}

export function inChunks<T>(items: readonly T[], size = AT_ONCE): T[][] {
  const out: T[][] = [];
  for (let at = 0; at < items.length; at += size) out.push(items.slice(at, at + size));
  return out;
}

/** What the server says of `items[3].response.fields.kind`, at the line of that item. */
export function atLines(problems: readonly Problem[], sent: readonly KnownLine[]): LineProblem[] {
  const first = sent[0]?.line ?? 1;
  return problems.map(({ path, message }) => {
    const [, index = "", place = ""] = /^items\[(\d+)\]\.?(.*)$/.exec(path) ?? [];
    const line = index === "" ? undefined : sent[Number(index)]?.line;
    const where = line === undefined ? path : place;
    return { line: line ?? first, message: where === "" ? message : `${where} ${message}` };
  });
}
