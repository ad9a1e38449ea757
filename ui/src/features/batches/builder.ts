/** The batch builder's form, and what follows from it: recipe, name, what the button says. Pure. */
import type { BatchKind, Judging, NewBatch, Recipe } from "~/api/types";
import {
  ALL_KINDS,
  beginsWithPrelabels,
  isQuality,
  LABELLING_KINDS,
} from "~/components/batch/kinds";
import { servingOf, type ServingForm } from "~/components/batch/serving";
import { excludeOf, type ExcludeForm } from "~/components/recipe/ExcludeStep";
import { pickLack, pickOf, pickWords, type PickForm } from "~/components/recipe/pick";
import { count, plural } from "~/lib/format";

export type Source = "ticked" | "query" | "library" | "files";

export type BuilderForm = PickForm &
  ExcludeForm &
  ServingForm &
  Judging & {
    source: Source;
    q: string;
    ticked: string[];
    kind: BatchKind;
    /** Of a gold batch, percent. */
    goldRate: number;
    /** Empty: the suggested one. */
    name: string;
    priority: number;
    launch: boolean;
  };

/** What the recipe chooses from, as a query; ticked assets are not one. */
export const queryOf = (form: BuilderForm): string =>
  form.source === "query" ? form.q.trim() : "";

export function recipeOf(form: BuilderForm): Recipe {
  const q = queryOf(form);
  const from = form.source === "ticked" ? { assets: form.ticked } : q === "" ? {} : { query: q };
  const exclude = excludeOf(form);
  return { ...from, ...(exclude === null ? {} : { exclude }), pick: pickOf(form) };
}

/** Why there is nothing to compute yet; null when there is. */
export const recipeLack = (form: BuilderForm): string | null =>
  form.source === "files" ? null : pickLack(form);

/** What an upload makes by itself has no known answers. */
export const kindsOf = (source: Source): readonly BatchKind[] =>
  source === "files" ? LABELLING_KINDS : ALL_KINDS;

/** A form in which everything fits together, after a part of it changed. */
export function settled(form: BuilderForm): BuilderForm {
  return kindsOf(form.source).includes(form.kind) ? form : { ...form, kind: "production" };
}

/** Whether it is launched with its making; a quality batch waits for its known answers. */
export const launches = (form: BuilderForm): boolean => form.launch && !isQuality(form.kind);

/** How the batch is judged and served; of a quality batch most of it is not for the manager to say. */
export function howOf(form: BuilderForm): Omit<NewBatch, "name" | "recipe"> {
  const { kind, priority, overlap, review_levels } = form;
  const serving = servingOf(beginsWithPrelabels(kind) ? form : { ...form, prelabels: "" });
  if (isQuality(kind)) {
    const rate = kind === "gold" ? { gold_rate: form.goldRate } : {};
    return { kind, priority, ...rate, ...serving };
  }
  return { kind, priority, launch: form.launch, overlap, review_levels, ...serving };
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
        : queryOf(form) !== ""
          ? queryOf(form).replace(/\s+/g, " ").slice(0, 48)
          : "Library";
  const how = form.source === "files" ? "" : pickWords(form);
  const base = `${what}${how}, ${date}`;
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? base : `${base} (${n})`;
    if (!taken.has(name)) return name;
  }
}

/** The primary button says exactly what it will do. */
export function buttonText(form: BuilderForm, picked: number | null, into?: string): string {
  if (into !== undefined) {
    if (picked === 0) return "Nothing to add";
    return `Add ${picked === null ? "" : `${count(picked)} `}to “${into}”`;
  }
  const launch = launches(form) ? " and launch" : ", keep in staging";
  if (form.source === "files") return `Upload ${plural(picked ?? 0, "file")} into a batch${launch}`;
  if (picked === null) return `Make batch${launch}`;
  if (picked === 0) return "Nothing to put in a batch";
  return `Make batch of ${count(picked)}${launch}`;
}
