/** Small pure steps of editing a taxonomy: reorder, new names, colours and keys. */
import type { FieldType, Media, Taxonomy, TaxonomyField, TaxonomyLabel } from "~/api/types";
import { hasOptions, toolsFor } from "./problems";

/** Told apart by most people with a colour vision deficiency too, and readable on light and dark. */
const COLORS = [
  "#e03131",
  "#1971c2",
  "#2f9e44",
  "#f08c00",
  "#9c36b5",
  "#0c8599",
  "#e64980",
  "#5c940d",
  "#6741d9",
  "#a0522d",
];

export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const item = list[from];
  if (item === undefined || to < 0 || to >= list.length) return [...list];
  return list.toSpliced(from, 1).toSpliced(to, 0, item);
}

/** `Traffic light` -> `traffic_light`, made unique. */
export function nameFor(title: string, taken: readonly string[], fallback: string): string {
  const base =
    title
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, "_")
      .replaceAll(/^_+|_+$/g, "") || fallback;
  if (!taken.includes(base)) return base;
  for (let n = 2; ; n += 1) {
    if (!taken.includes(`${base}_${n}`)) return `${base}_${n}`;
  }
}

export function freeColor(labels: readonly TaxonomyLabel[]): string {
  const used = new Set(labels.map(({ color }) => color.toLowerCase()));
  return (
    COLORS.find((color) => !used.has(color)) ?? COLORS[labels.length % COLORS.length] ?? "#e03131"
  );
}

export function freeHotkey({ labels, fields }: Taxonomy): string | null {
  const used = new Set([
    ...labels.map(({ hotkey }) => hotkey),
    ...fields.flatMap(({ options = [] }) => options.map(({ hotkey }) => hotkey)),
  ]);
  return [..."123456789"].find((key) => !used.has(key)) ?? null;
}

export function newLabel(taxonomy: Taxonomy, media: Media): TaxonomyLabel {
  const names = taxonomy.labels.map(({ name }) => name);
  const n = names.length + 1;
  return {
    name: nameFor(`label ${n}`, names, "label"),
    title: `Label ${n}`,
    color: freeColor(taxonomy.labels),
    hotkey: freeHotkey(taxonomy),
    tools: toolsFor(media).slice(0, 1),
    attributes: [],
  };
}

export function newField(taxonomy: Taxonomy): TaxonomyField {
  const ids = taxonomy.fields.map(({ id }) => id);
  return {
    id: nameFor(`question ${ids.length + 1}`, ids, "question"),
    title: "New question",
    type: "single",
    options: [
      { value: "yes", title: "Yes" },
      { value: "no", title: "No" },
    ],
    required: true,
  };
}

/** Another type keeps the options only where they mean something. */
export function withType<T extends { type: FieldType; options?: unknown[] }>(
  question: T,
  type: FieldType,
): T {
  return hasOptions(type) ? { ...question, type } : { ...question, type, options: [] };
}
