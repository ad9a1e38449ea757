import { describe, expect, it } from "vitest";
import { TO_EVERYBODY } from "~/components/batch/serving";
import { startPick } from "~/components/recipe/pick";
import {
  buttonText,
  howOf,
  kindsOf,
  recipeOf,
  settled,
  suggestName,
  type BuilderForm,
} from "./builder";

const form: BuilderForm = {
  ...startPick(42),
  source: "query",
  q: " weather:rain ",
  ticked: ["ast_1"],
  pick: "random",
  count: 5000,
  exclude: true,
  scope: "any",
  chosen: [],
  kind: "production",
  goldRate: 5,
  name: "",
  priority: 0,
  ...TO_EVERYBODY,
  overlap: 1,
  review_levels: 0,
  launch: true,
};

describe("recipeOf", () => {
  it.each([
    [
      {},
      {
        query: "weather:rain",
        exclude: { batched: "any" },
        pick: { random: { count: 5000, seed: 42 } },
      },
    ],
    [{ source: "library", exclude: false, pick: "all" }, { pick: "all" }],
    [
      { source: "ticked", pick: "first", exclude: false },
      { assets: ["ast_1"], pick: { first: { count: 5000 } } },
    ],
    [
      { q: "", pick: "last", scope: "chosen", chosen: ["A", "B"] },
      { exclude: { batched: ["A", "B"] }, pick: { last: { count: 5000 } } },
    ],
    [{ q: "", pick: "all", scope: "chosen", chosen: [] }, { pick: "all" }],
    [
      { source: "library", exclude: false, pick: "top", by: "score", order: "asc" },
      { pick: { top: { count: 5000, by: "score", order: "asc" } } },
    ],
    [
      { source: "library", exclude: false, pick: "quota", by: "weather" },
      { pick: { quota: { count: 5000, by: "weather", seed: 42, fill: false } } },
    ],
    [
      {
        source: "library",
        exclude: false,
        pick: "quota",
        by: "weather",
        even: false,
        fill: true,
        quotas: [
          { value: "rain", share: 3 },
          { value: null, share: 1 },
        ],
      },
      {
        pick: {
          quota: {
            count: 5000,
            by: "weather",
            seed: 42,
            fill: true,
            quotas: [
              { value: "rain", share: 3 },
              { value: null, share: 1 },
            ],
          },
        },
      },
    ],
  ] as [Partial<BuilderForm>, unknown][])("%j", (part, recipe) =>
    expect(recipeOf({ ...form, ...part })).toEqual(recipe),
  );
});

it("suggests a name that is free", () => {
  const today = new Date(2026, 10, 24);
  const first = suggestName(form, today, new Set());
  expect(first).toBe("weather:rain, random 5,000, 2026-11-24");
  expect(suggestName(form, today, new Set([first]))).toBe(`${first} (2)`);
});

it("says on the button what will happen", () => {
  expect(buttonText(form, 5000)).toBe("Make batch of 5,000 and launch");
  expect(buttonText({ ...form, launch: false }, 1)).toBe("Make batch of 1, keep in staging");
  expect(buttonText(form, 0)).toBe("Nothing to put in a batch");
  expect(buttonText({ ...form, source: "files" }, 214)).toBe(
    "Upload 214 files into a batch and launch",
  );
  expect(buttonText(form, 12, "night")).toBe("Add 12 to “night”");
  expect(buttonText(form, 0, "night")).toBe("Nothing to add");
});

it("says whose pre-labels are shown, but of training", () => {
  expect(howOf(form).prelabels).toBeNull();
  const shown = { ...form, prelabels: "yolo-v8" };
  expect(howOf(shown).prelabels).toBe("yolo-v8");
  expect(howOf({ ...shown, kind: "gold" }).prelabels).toBe("yolo-v8");
  expect(howOf({ ...shown, kind: "training" }).prelabels).toBeNull();
});

describe("batches with known answers", () => {
  it("are neither judged several times nor launched with their making", () => {
    const gold = howOf({ ...form, kind: "gold", goldRate: 12, overlap: 3 });
    expect(gold).toMatchObject({ kind: "gold", gold_rate: 12, priority: 0 });
    for (const key of ["launch", "overlap", "review_levels"]) expect(gold).not.toHaveProperty(key);
    expect(howOf({ ...form, kind: "training" })).not.toHaveProperty("gold_rate");
    expect(howOf(form)).toMatchObject({ kind: "production", launch: true, overlap: 1 });
    expect(howOf(form)).not.toHaveProperty("gold_rate");
    expect(buttonText({ ...form, kind: "gold" }, 5)).toBe("Make batch of 5, keep in staging");
  });
  it("are not made of what is uploaded", () => {
    expect(kindsOf("files")).not.toContain("gold");
    expect(kindsOf("query")).toContain("training");
    expect(settled({ ...form, kind: "training", source: "files" }).kind).toBe("production");
    expect(settled({ ...form, kind: "training" }).kind).toBe("training");
  });
});
