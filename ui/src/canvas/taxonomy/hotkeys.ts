/**
 * Which key does what. Keys of the taxonomy win over our own letters; a command that loses its letter keeps
 * `alt` with it, which always works. Pure: events come in as plain data.
 */
import type { AttributeValue, Taxonomy, TaxonomyField } from "~/api/types";

export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** `mod+shift+z`, `alt+s`, `?`, `Enter`: one name for a press on every keyboard. */
export function keyName(press: KeyPress): string {
  const key = baseKey(press);
  const parts: string[] = [];
  if (press.ctrlKey || press.metaKey) parts.push("mod");
  if (press.altKey) parts.push("alt");
  // Shift is part of the character for ? and +, but a modifier of letters and named keys.
  if (press.shiftKey && (key.length > 1 || /[a-z]/.test(key))) parts.push("shift");
  return [...parts, key].join("+");
}

function baseKey({ key, code, altKey }: KeyPress): string {
  const onKeyboard = /^(?:Key|Digit)([A-Z0-9])$/.exec(code)?.[1]?.toLowerCase();
  // Alt writes other characters on some systems, and letters may be Cyrillic or Greek: then the place of the key counts.
  const foreign = key.length === 1 && key.charCodeAt(0) > 127;
  if (onKeyboard !== undefined && (altKey || foreign)) return onKeyboard;
  return key.length === 1 ? key.toLowerCase() : key;
}

export type HotkeyTarget =
  | { readonly kind: "label"; readonly label: string }
  | { readonly kind: "option"; readonly field: string; readonly value: string };

/**
 * The keys of a taxonomy. What has none is dealt one of the free digits, in order: labels, then options.
 */
export function taxonomyHotkeys(taxonomy: Taxonomy): Map<string, HotkeyTarget> {
  const keys = new Map<string, HotkeyTarget>();
  for (const { name, hotkey } of taxonomy.labels) {
    if (hotkey && !keys.has(hotkey)) keys.set(hotkey, { kind: "label", label: name });
  }
  for (const field of taxonomy.fields) {
    for (const { value, hotkey } of field.options ?? []) {
      if (hotkey && !keys.has(hotkey)) keys.set(hotkey, { kind: "option", field: field.id, value });
    }
  }
  const free = [..."1234567890"].filter((digit) => !keys.has(digit));
  const given = new Set([...keys.values()].map(targetId));
  for (const target of inOrder(taxonomy)) {
    if (given.has(targetId(target))) continue;
    const digit = free.shift();
    if (digit === undefined) break;
    keys.set(digit, target);
  }
  return keys;
}

function inOrder(taxonomy: Taxonomy): HotkeyTarget[] {
  const labels = taxonomy.labels.map(({ name }): HotkeyTarget => ({ kind: "label", label: name }));
  const options = taxonomy.fields.flatMap(({ id, options: choices = [] }) =>
    choices.map(({ value }): HotkeyTarget => ({ kind: "option", field: id, value })),
  );
  return [...labels, ...options];
}

function targetId(target: HotkeyTarget): string {
  return target.kind === "label"
    ? `label ${target.label}`
    : `option ${target.field} ${target.value}`;
}

export function hotkeyOfLabel(
  keys: ReadonlyMap<string, HotkeyTarget>,
  label: string,
): string | null {
  for (const [key, target] of keys) {
    if (target.kind === "label" && target.label === label) return key;
  }
  return null;
}

export function hotkeyOfOption(
  keys: ReadonlyMap<string, HotkeyTarget>,
  field: string,
  value: string,
): string | null {
  for (const [key, target] of keys) {
    if (target.kind === "option" && target.field === field && target.value === value) return key;
  }
  return null;
}

/** The keys under which a command is reached: its own, without letters and digits that the taxonomy took. */
export function effectiveKeys(
  own: readonly string[],
  taken: ReadonlyMap<string, HotkeyTarget>,
): string[] {
  return own.filter((key) => !taken.has(key));
}

/** Picking an option: a single choice is replaced, or taken back when picked again; a multiple one is toggled. */
export function pickOption(
  field: Pick<TaxonomyField, "type" | "options" | "required">,
  current: AttributeValue | undefined,
  value: string,
): AttributeValue {
  if (field.type !== "multiple") return current === value && field.required !== true ? null : value;
  const chosen = Array.isArray(current) ? current : [];
  const next = chosen.includes(value)
    ? chosen.filter((other) => other !== value)
    : [...chosen, value];
  const order = (field.options ?? []).map((option) => option.value);
  return next.toSorted((a, b) => order.indexOf(a) - order.indexOf(b));
}
