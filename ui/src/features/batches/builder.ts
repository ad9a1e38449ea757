/** The batch builder's form, and what follows from it: recipe, name, what the button says. Pure. */
import type { BatchKind, ExcludeScope, Pick, Recipe } from "~/api/types";
import { count, plural } from "~/lib/format";

export type Source = "ticked" | "query" | "library" | "files";
export type PickKind = "all" | "random" | "first" | "last";
export type Scope = Exclude<ExcludeScope, "none"> | "chosen";

export type BuilderForm = {
  source: Source;
  q: string;
  ticked: string[];
  pick: PickKind;
  count: number;
  seed: number;
  exclude: boolean;
  scope: Scope;
  /** Names of batches, for the scope "chosen". */
  chosen: string[];
  kind: BatchKind;
  /** Empty: the suggested one. */
  name: string;
  priority: number;
  launch: boolean;
};

export function pickOf(form: BuilderForm): Pick {
  switch (form.pick) {
    case "all":
      return "all";
    case "first":
      return { first: { count: form.count } };
    case "last":
      return { last: { count: form.count } };
    case "random":
      return { random: { count: form.count, seed: form.seed } };
  }
}

export function recipeOf(form: BuilderForm): Recipe {
  const scope = form.scope === "chosen" ? form.chosen : form.scope;
  const exclude = form.exclude && scope.length > 0 ? { exclude: { batched: scope } } : {};
  const from =
    form.source === "ticked"
      ? { assets: form.ticked }
      : form.source === "query" && form.q.trim() !== ""
        ? { query: form.q.trim() }
        : {};
  return { ...from, ...exclude, pick: pickOf(form) };
}

const two = (n: number) => String(n).padStart(2, "0");

/** A name that says what is in it, and is not taken. */
export function suggestName(form: BuilderForm, today: Date, taken: ReadonlySet<string>): string {
  const date = `${today.getFullYear()}-${two(today.getMonth() + 1)}-${two(today.getDate())}`;
  const what =
    form.source === "files"
      ? "Upload"
      : form.source === "ticked"
        ? "Hand-picked"
        : form.source === "query" && form.q.trim() !== ""
          ? form.q.trim().replace(/\s+/g, " ").slice(0, 48)
          : "Library";
  const how =
    form.source === "files" || form.pick === "all"
      ? ""
      : form.pick === "random"
        ? `, random ${count(form.count)}`
        : `, ${form.pick} ${count(form.count)}`;
  const base = `${what}${how}, ${date}`;
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? base : `${base} (${n})`;
    if (!taken.has(name)) return name;
  }
}

/** The primary button says exactly what it will do. */
export function buttonText(form: BuilderForm, picked: number | null): string {
  const launch = form.launch ? " and launch" : ", keep in staging";
  if (form.source === "files") return `Upload ${plural(picked ?? 0, "file")} into a batch${launch}`;
  if (picked === null) return `Make batch${launch}`;
  if (picked === 0) return "Nothing to put in a batch";
  return `Make batch of ${count(picked)}${launch}`;
}

/** Whole positive numbers that JavaScript and JSON hold exactly. */
export function newSeed(random: () => number): number {
  return 1 + Math.floor(random() * 2_147_483_646);
}

export const SCOPES: { value: Scope; label: string }[] = [
  { value: "any", label: "in any batch" },
  { value: "launched", label: "in a launched batch" },
  { value: "production", label: "in a production batch" },
  { value: "submitted", label: "and labelled" },
  { value: "chosen", label: "in the batches chosen here" },
];
