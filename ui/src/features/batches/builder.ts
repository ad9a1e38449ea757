/** The batch builder's form, and what follows from it: recipe, name, what the button says. Pure. */
import type { BatchKind, Judging, Recipe } from "~/api/types";
import type { ServingForm } from "~/components/batch/serving";
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
  const launch = form.launch ? " and launch" : ", keep in staging";
  if (form.source === "files") return `Upload ${plural(picked ?? 0, "file")} into a batch${launch}`;
  if (picked === null) return `Make batch${launch}`;
  if (picked === 0) return "Nothing to put in a batch";
  return `Make batch of ${count(picked)}${launch}`;
}
