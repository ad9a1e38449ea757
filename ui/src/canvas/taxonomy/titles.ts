/** How labels, options, attributes and fields are called on screen: their title, else their name. */
import type { Taxonomy, TaxonomyAttribute, TaxonomyLabel, TaxonomyOption } from "~/api/types";

const FALLBACK_COLOR = "#868e96";

export function labelTitle(label: Pick<TaxonomyLabel, "name"> & { title?: string | null }): string {
  return label.title || label.name;
}

export function optionTitle(
  option: Pick<TaxonomyOption, "value"> & { title?: string | null },
): string {
  return option.title || option.value;
}

export function attributeTitle(
  attribute: Pick<TaxonomyAttribute, "name"> & { title?: string | null },
): string {
  return attribute.title || attribute.name;
}

export function findLabel(taxonomy: Taxonomy, name: string): TaxonomyLabel | null {
  return taxonomy.labels.find((label) => label.name === name) ?? null;
}

export function colorOf(taxonomy: Taxonomy, name: string): string {
  return findLabel(taxonomy, name)?.color ?? FALLBACK_COLOR;
}

/** Black or white, whichever reads better on a colour (WCAG relative luminance). */
export function inkOn(color: string): "#000000" | "#ffffff" {
  const channels = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255);
  const [r = 0, g = 0, b = 0] = channels.map((channel) =>
    channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4,
  );
  // 0.179 is where contrast with black and with white are equal.
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000000" : "#ffffff";
}

export function attributesOf(taxonomy: Taxonomy, label: string): string[] {
  return (findLabel(taxonomy, label)?.attributes ?? []).map(({ name }) => name);
}
