/** The columns of the library's table: fields of every asset, and metadata by name. */
import type { Asset } from "~/api/types";
import { statusText } from "~/components/asset/status";
import { bytes, moment, valueText } from "~/lib/format";

export type Column = {
  name: string;
  title: string;
  width: number;
  /** How much of the room that is left it takes. */
  grow: number;
  /** Field to sort by; null when it cannot be sorted. */
  sort: string | null;
  text: (asset: Asset) => string;
};

const BUILTIN: Record<string, Omit<Column, "name">> = {
  name: { title: "Name", width: 220, grow: 3, sort: "name", text: (a) => a.name },
  ref: {
    title: "Reference id",
    width: 130,
    grow: 1,
    sort: "ref",
    text: (a) => a.reference_id ?? "",
  },
  upload: {
    title: "Upload",
    width: 150,
    grow: 1,
    sort: "upload",
    text: (a) => a.upload?.name ?? "",
  },
  uploaded: {
    title: "Uploaded",
    width: 140,
    grow: 0.5,
    sort: "uploaded",
    text: (a) => moment(a.uploaded_at),
  },
  status: {
    title: "State",
    width: 110,
    grow: 0.5,
    sort: null,
    text: (a) => statusText(a.status),
  },
  batch: {
    title: "Batches",
    width: 160,
    grow: 1,
    sort: null,
    text: (a) => a.batches.map((batch) => batch.name).join(", "),
  },
  type: { title: "Type", width: 100, grow: 0.5, sort: "type", text: (a) => a.media_type },
  size: {
    title: "Size",
    width: 90,
    grow: 0.3,
    sort: "size",
    text: (a) => (a.size === null ? "" : bytes(a.size)),
  },
  width: {
    title: "Width",
    width: 80,
    grow: 0.3,
    sort: "width",
    text: (a) => String(a.width ?? ""),
  },
  height: {
    title: "Height",
    width: 80,
    grow: 0.3,
    sort: "height",
    text: (a) => String(a.height ?? ""),
  },
};

/** A metadata value by its field name; nested ones have dots. */
export function metadataValue(metadata: Record<string, unknown>, name: string): unknown {
  if (name in metadata) return metadata[name];
  let value: unknown = metadata;
  for (const part of name.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}

export function columnOf(name: string): Column {
  const builtin = BUILTIN[name];
  if (builtin !== undefined) return { name, ...builtin };
  const field = name.replace(/^meta\./, "");
  return {
    name,
    title: field,
    width: 120,
    grow: 1,
    sort: name,
    text: (asset) => valueText(metadataValue(asset.metadata, field)),
  };
}
