/** Metadata values as they are edited: typed, checked, and turned into a merge patch. Pure. */
import type { Field, MetadataPatch } from "~/api/types";

export type ValueType = "text" | "number" | "boolean" | "list" | "json";

export const TYPES: { value: ValueType; label: string }[] = [
  { value: "text", label: "Text" },
  { value: "number", label: "Number" },
  { value: "boolean", label: "True or false" },
  { value: "list", label: "List" },
  { value: "json", label: "JSON" },
];

/** A value while it is edited. `list` is used by lists, `text` by all others. */
export type ValueDraft = { type: ValueType; text: string; list: string[] };

export const emptyDraft = (type: ValueType = "text"): ValueDraft => ({
  type,
  text: type === "boolean" ? "true" : "",
  list: [],
});

const isPlain = (value: unknown): value is string | number =>
  typeof value === "string" || typeof value === "number";

export function draftOf(value: unknown): ValueDraft {
  if (typeof value === "string") return { type: "text", text: value, list: [] };
  if (typeof value === "number") return { type: "number", text: String(value), list: [] };
  if (typeof value === "boolean") return { type: "boolean", text: String(value), list: [] };
  if (Array.isArray(value) && value.every(isPlain)) {
    // Numbers keep their type through editing: "5" in a list of numbers is 5.
    return {
      type: "list",
      text: value.every((v) => typeof v === "number") ? "numbers" : "",
      list: value.map(String),
    };
  }
  return { type: "json", text: value === undefined ? "" : JSON.stringify(value), list: [] };
}

/** The type that a field's values have so far. */
export function typeOfField(field: Field | undefined): ValueType {
  if (field === undefined || field.kinds.includes("text")) return "text";
  if (field.kinds.includes("number")) return "number";
  if (field.kinds.includes("boolean")) return "boolean";
  return "text";
}

export type Checked = { ok: true; value: unknown } | { ok: false; problem: string };

export function checkDraft(draft: ValueDraft): Checked {
  const { text } = draft;
  switch (draft.type) {
    case "text":
      return { ok: true, value: text };
    case "number": {
      const value = Number(text.trim());
      return text.trim() !== "" && Number.isFinite(value)
        ? { ok: true, value }
        : { ok: false, problem: "Not a number." };
    }
    case "boolean":
      return { ok: true, value: text === "true" };
    case "list": {
      const numbers =
        text === "numbers" && draft.list.every((entry) => Number.isFinite(Number(entry)));
      return { ok: true, value: numbers ? draft.list.map(Number) : draft.list };
    }
    case "json":
      try {
        const value: unknown = JSON.parse(text);
        return value === null
          ? { ok: false, problem: "null removes a field: use the bin instead." }
          : { ok: true, value };
      } catch {
        return { ok: false, problem: "Not valid JSON." };
      }
  }
}

/** The same value as another type, as far as that goes. */
export function retype(draft: ValueDraft, type: ValueType): ValueDraft {
  if (type === draft.type) return draft;
  const checked = checkDraft(draft);
  const value = checked.ok ? checked.value : draft.text;
  if (type === "json") return { type, text: JSON.stringify(value), list: [] };
  if (type === "list") {
    const list = Array.isArray(value)
      ? value.map(String)
      : String(value) === ""
        ? []
        : [String(value)];
    return { type, text: "", list };
  }
  const text = Array.isArray(value)
    ? value.join(", ")
    : typeof value === "object" && value !== null
      ? JSON.stringify(value)
      : String(value);
  // Who makes a new field true or false mostly means that it is true.
  if (type === "boolean")
    return { type, text: /^(true|yes|1|)$/i.test(text) ? "true" : "false", list: [] };
  if (type === "number") return { type, text: Number.isFinite(Number(text)) ? text : "", list: [] };
  return { type, text, list: [] };
}

export type Leaf = { path: string[]; name: string; value: unknown };

/** Nested metadata as rows: `camera.model` is one row. Empty objects stay as they are. */
export function leavesOf(metadata: Record<string, unknown>, before: string[] = []): Leaf[] {
  return Object.entries(metadata).flatMap(([key, value]) => {
    const path = [...before, key];
    const nested =
      typeof value === "object" &&
      value !== null &&
      !Array.isArray(value) &&
      Object.keys(value).length > 0 &&
      path.length < 8;
    return nested
      ? leavesOf(value as Record<string, unknown>, path)
      : [{ path, name: path.join("."), value }];
  });
}

/** The patch that sets, or with null removes, what is at the path. */
export function patchAt(path: readonly string[], value: unknown): MetadataPatch {
  const [key = "", ...rest] = path;
  return { [key]: rest.length === 0 ? value : patchAt(rest, value) };
}

/** A field's name, as queries write it, as a path into the metadata. */
export const pathOf = (name: string): string[] =>
  name
    .trim()
    .replace(/^(meta|metadata)\./, "")
    .split(".");

/** Why a name cannot be one of a metadata field; null when it can. */
export function nameProblem(name: string): string | null {
  const text = name.trim();
  if (text === "") return "Give the field a name.";
  if (pathOf(text).some((part) => part === "")) return "A name has no empty part between dots.";
  return null;
}

/** Two patches as one; the later wins. */
export function mergePatches(a: MetadataPatch, b: MetadataPatch): MetadataPatch {
  const out: MetadataPatch = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const old = out[key];
    const both = [old, value].every(
      (side) => typeof side === "object" && side !== null && !Array.isArray(side),
    );
    out[key] = both ? mergePatches(old as MetadataPatch, value as MetadataPatch) : value;
  }
  return out;
}
