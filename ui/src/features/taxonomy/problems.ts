/**
 * What is wrong with a taxonomy, at the server's paths, so that the form can show it while one types.
 * The same rules as the server's; the server decides.
 */
import type { FieldType, Media, Problem, Taxonomy, Tool } from "~/api/types";

export const NAME_CHARS_MAX = 200;
const TOOLS: Readonly<Record<Media, readonly Tool[]>> = {
  image: ["box", "polygon"],
  text: ["span"],
};

export function toolsFor(media: Media): readonly Tool[] {
  return TOOLS[media];
}

export function taxonomyProblems(taxonomy: Taxonomy, media: Media): Problem[] {
  const problems: Problem[] = [];
  const add = (path: string, message: string | null) => {
    if (message !== null) problems.push({ path, message });
  };
  const hotkeys = new Set<string>();
  const checkHotkey = (path: string, hotkey: string | null | undefined) => {
    if (hotkey === null || hotkey === undefined || hotkey === "") return;
    if (!/^[a-z0-9]$/.test(hotkey)) add(path, "is one key: a to z or 0 to 9");
    else if (hotkeys.has(hotkey)) add(path, `“${hotkey}” is used twice`);
    hotkeys.add(hotkey);
  };
  if (taxonomy.labels.length === 0 && taxonomy.fields.length === 0) {
    add("", "needs at least one label or one question");
  }
  const names = new Set<string>();
  taxonomy.labels.forEach((label, i) => {
    const at = `labels[${i}]`;
    add(`${at}.name`, nameProblem(label.name, names));
    if (!/^#[0-9a-f]{6}$/i.test(label.color)) add(`${at}.color`, "is not a colour like #e03131");
    checkHotkey(`${at}.hotkey`, label.hotkey);
    if (label.tools.length === 0) add(`${at}.tools`, "needs at least one tool");
    label.tools.forEach((tool, t) => {
      if (!TOOLS[media].includes(tool)) {
        add(`${at}.tools[${t}]`, `“${tool}” does not work on ${media} projects`);
      }
    });
    const attributes = new Set<string>();
    label.attributes.forEach((attribute, a) => {
      const path = `${at}.attributes[${a}]`;
      add(`${path}.name`, nameProblem(attribute.name, attributes));
      checkOptions(add, path, attribute.type, attribute.options ?? []);
    });
  });
  const ids = new Set<string>();
  taxonomy.fields.forEach((field, i) => {
    const at = `fields[${i}]`;
    add(`${at}.id`, nameProblem(field.id, ids));
    if (field.title.trim() === "") add(`${at}.title`, "is empty");
    checkOptions(
      add,
      at,
      field.type,
      (field.options ?? []).map(({ value }) => value),
    );
    (field.options ?? []).forEach((option, o) =>
      checkHotkey(`${at}.options[${o}].hotkey`, option.hotkey),
    );
    if (field.min != null && field.max != null && field.min > field.max) {
      add(`${at}.min`, "is larger than the maximum");
    }
  });
  return problems;
}

export function hasOptions(type: FieldType): boolean {
  return type === "single" || type === "multiple";
}

function checkOptions(
  add: (path: string, message: string | null) => void,
  at: string,
  type: FieldType,
  options: readonly string[],
): void {
  if (hasOptions(type) && options.length === 0) add(`${at}.options`, "needs at least one option");
  if (!hasOptions(type) && options.length > 0) add(`${at}.options`, "only choices have options");
  const seen = new Set<string>();
  options.forEach((option, o) => add(`${at}.options[${o}]`, nameProblem(option, seen)));
}

function nameProblem(name: string, seen: Set<string>): string | null {
  if (name.trim() === "") return "is empty";
  if ([...name].length > NAME_CHARS_MAX) return `is longer than ${NAME_CHARS_MAX} characters`;
  if (seen.has(name)) return `“${name}” is there twice`;
  seen.add(name);
  return null;
}

export function messagesAt(
  problems: readonly Problem[],
  ...paths: readonly string[]
): string | null {
  const found = problems.filter(({ path }) => paths.includes(path)).map(({ message }) => message);
  return found.length > 0 ? found.join("; ") : null;
}
