/** A pick as a form holds it, and what follows from it. Pure. */
import type { Field, FieldValue, Pick, Quota } from "~/api/types";
import { count, valueText } from "~/lib/format";

export type PickKind = "all" | "random" | "first" | "last" | "top" | "quota";

export type PickForm = {
  pick: PickKind;
  count: number;
  seed: number;
  /** Field of "top" and of "quota"; "" until one is chosen. */
  by: string;
  order: "asc" | "desc";
  /** The same share for every value there is, instead of the rows below. */
  even: boolean;
  quotas: Quota[];
  fill: boolean;
};

export const startPick = (seed: number): PickForm => ({
  pick: "all",
  count: 1000,
  seed,
  by: "",
  order: "desc",
  even: true,
  quotas: [],
  fill: false,
});

/** What is still missing before the pick can be carried out; null when nothing is. */
export function pickLack(form: PickForm): string | null {
  if (form.pick !== "all" && form.count === 0) return "Say how many.";
  if (form.pick !== "top" && form.pick !== "quota") return null;
  if (form.by === "") return "Choose a field.";
  if (form.pick === "quota" && !form.even && form.quotas.length === 0) {
    return "Add a value and its share.";
  }
  return null;
}

export function pickOf(form: PickForm): Pick {
  switch (form.pick) {
    case "all":
      return "all";
    case "first":
      return { first: { count: form.count } };
    case "last":
      return { last: { count: form.count } };
    case "random":
      return { random: { count: form.count, seed: form.seed } };
    case "top":
      return { top: { count: form.count, by: form.by, order: form.order } };
    case "quota":
      return {
        quota: {
          count: form.count,
          by: form.by,
          seed: form.seed,
          fill: form.fill,
          ...(form.even ? {} : { quotas: form.quotas }),
        },
      };
  }
}

/** The form that a pick was made with. */
export function formOfPick(pick: Pick, seed: number): PickForm {
  const start = startPick(seed);
  if (pick === "all") return start;
  if ("first" in pick) return { ...start, pick: "first", count: pick.first.count };
  if ("last" in pick) return { ...start, pick: "last", count: pick.last.count };
  if ("random" in pick) {
    return { ...start, pick: "random", count: pick.random.count, seed: pick.random.seed ?? seed };
  }
  if ("top" in pick) {
    const { count: n, by, order = "desc" } = pick.top;
    return { ...start, pick: "top", count: n, by, order };
  }
  const { count: n, by, quotas, fill = false } = pick.quota;
  return {
    ...start,
    pick: "quota",
    count: n,
    seed: pick.quota.seed ?? seed,
    by,
    fill,
    even: (quotas ?? null) === null,
    quotas: (quotas ?? []).map(({ value = null, share }) => ({ value, share })),
  };
}

/** In a few words, for a name: ", random 5,000". */
export function pickWords(form: PickForm): string {
  const n = count(form.count);
  switch (form.pick) {
    case "all":
      return "";
    case "top": {
      const end = form.order === "desc" ? "top" : "lowest";
      return `, ${end} ${n}${form.by === "" ? "" : ` by ${form.by}`}`;
    }
    case "quota":
      return `, ${n}${form.by === "" ? "" : ` by ${form.by}`}`;
    default:
      return `, ${form.pick} ${n}`;
  }
}

/** A pick in one sentence, for lists. */
export function pickSentence(pick: Pick): string {
  if (pick === "all") return "all of them";
  const form = formOfPick(pick, 0);
  return pickWords(form).slice(2);
}

/** A value written in a box, as the field's kind has it. */
export function typedValue(text: string, field: Field | undefined): FieldValue {
  const kinds = field?.kinds ?? [];
  if (kinds.includes("text")) return text;
  if (kinds.includes("number") && text.trim() !== "" && Number.isFinite(Number(text))) {
    return Number(text);
  }
  if (kinds.includes("boolean") && (text === "true" || text === "false")) return text === "true";
  return text;
}

export const valueName = (value: FieldValue, by: string): string =>
  value === null ? `has no ${by}` : value === "" ? "(empty)" : valueText(value);

/** How many each share comes to: largest remainder, as the server does it. */
export function wantedOf(total: number, shares: readonly number[]): number[] {
  const sum = shares.reduce((all, share) => all + share, 0);
  if (sum <= 0) return shares.map(() => 0);
  const exact = shares.map((share) => (total * share) / sum);
  const out = exact.map(Math.floor);
  const left = total - out.reduce((all, n) => all + n, 0);
  exact
    .map((value, i) => ({ rest: value - Math.floor(value), i }))
    .sort((a, b) => b.rest - a.rest || a.i - b.i)
    .slice(0, left)
    .forEach(({ i }) => {
      out[i] = (out[i] ?? 0) + 1;
    });
  return out;
}

/** Whole positive numbers that JavaScript and JSON hold exactly. */
export function newSeed(random: () => number): number {
  return 1 + Math.floor(random() * 2_147_483_646);
}
