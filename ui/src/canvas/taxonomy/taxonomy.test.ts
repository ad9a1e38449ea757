import { describe, expect, test } from "vitest";
import type { Taxonomy, TaxonomyField } from "~/api/types";
import { answerProblems, otherProblems, problemsOfAnnotation, quickSubmit } from "./check";
import { effectiveKeys, keyName, pickOption, taxonomyHotkeys, type KeyPress } from "./hotkeys";
import { inkOn } from "./titles";

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: "",
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});

const field = (more: Partial<TaxonomyField>): TaxonomyField => ({
  id: "kind",
  title: "Kind",
  type: "single",
  options: [
    { value: "cat", title: "Cat" },
    { value: "dog", title: "Dog" },
  ],
  ...more,
});

const LABELS: Taxonomy = {
  labels: [
    {
      name: "car",
      title: "Car",
      color: "#e03131",
      hotkey: "s",
      tools: ["box"],
      attributes: [
        { name: "side", title: "Side", type: "single", options: ["l", "r"], required: true },
      ],
    },
    { name: "bus", title: "Bus", color: "#1971c2", tools: ["box"], attributes: [] },
    { name: "van", title: "Van", color: "#1971c2", hotkey: "1", tools: ["box"], attributes: [] },
  ],
  fields: [field({ required: true })],
};

describe("key names", () => {
  for (const [name, event] of [
    ["s", press("s")],
    ["shift+s", press("S", { shiftKey: true })],
    ["?", press("?", { shiftKey: true })],
    ["+", press("+", { shiftKey: true })],
    ["mod+Enter", press("Enter", { ctrlKey: true })],
    ["mod+Enter", press("Enter", { metaKey: true })],
    ["mod+shift+z", press("Z", { ctrlKey: true, shiftKey: true })],
    ["alt+s", press("ß", { altKey: true, code: "KeyS" })],
    ["s", press("ы", { code: "KeyS" })],
    ["shift+Tab", press("Tab", { shiftKey: true })],
  ] as const) {
    test(name, () => expect(keyName(event)).toBe(name));
  }
});

describe("hotkeys", () => {
  test("given keys stay, digits are dealt to what has none", () => {
    const keys = taxonomyHotkeys(LABELS);
    const text = [...keys].map(([key, target]) =>
      target.kind === "label" ? `${key} ${target.label}` : `${key} ${target.value}`,
    );
    expect(text).toEqual(["s car", "1 van", "2 bus", "3 cat", "4 dog"]);
  });

  test("without labels the options get the digits", () => {
    const keys = taxonomyHotkeys({ labels: [], fields: [field({})] });
    expect(keys.get("1")).toEqual({ kind: "option", field: "kind", value: "cat" });
    expect(keys.get("2")).toEqual({ kind: "option", field: "kind", value: "dog" });
  });

  test("a command whose letter is taken keeps alt", () => {
    expect(effectiveKeys(["s", "alt+s"], taxonomyHotkeys(LABELS))).toEqual(["alt+s"]);
    expect(effectiveKeys(["r", "alt+r"], taxonomyHotkeys(LABELS))).toEqual(["r", "alt+r"]);
  });

  test("picking", () => {
    expect(pickOption(field({}), undefined, "cat")).toBe("cat");
    expect(pickOption(field({}), "cat", "cat")).toBe(null);
    expect(pickOption(field({ required: true }), "cat", "cat")).toBe("cat");
    expect(pickOption(field({ type: "multiple" }), ["dog"], "cat")).toEqual(["cat", "dog"]);
    expect(pickOption(field({ type: "multiple" }), ["cat", "dog"], "cat")).toEqual(["dog"]);
  });
});

describe("check", () => {
  const box = {
    uuid: "u",
    type: "box" as const,
    label: "car",
    left: 0,
    top: 0,
    width: 1,
    height: 1,
    attributes: {},
  };

  test("finds what is required, at the server's paths", () => {
    const problems = answerProblems({ annotations: [box], fields: {} }, LABELS);
    expect(problems.map(({ path }) => path)).toEqual([
      "annotations[0].attributes.side",
      "fields.kind",
    ]);
    expect(problemsOfAnnotation(problems, 0, "side")).toEqual(["is required"]);
    expect(problemsOfAnnotation(problems, 0)).toEqual([]);
    const good = { annotations: [{ ...box, attributes: { side: "l" } }], fields: { kind: "cat" } };
    expect(answerProblems(good, LABELS)).toEqual([]);
  });

  test("ranges of numbers and lengths of text count characters", () => {
    const taxonomy: Taxonomy = {
      labels: [],
      fields: [
        field({ id: "n", type: "number", options: [], min: 1, max: 5 }),
        field({ id: "t", type: "text", options: [], max: 2 }),
      ],
    };
    const check = (n: number, t: string) =>
      answerProblems({ annotations: [], fields: { n, t } }, taxonomy).map(({ path }) => path);
    expect(check(5, "😀😀")).toEqual([]);
    expect(check(6, "abc")).toEqual(["fields.n", "fields.t"]);
  });

  test("false is an answer", () => {
    const taxonomy: Taxonomy = {
      labels: [],
      fields: [field({ id: "b", type: "boolean", options: [], required: true })],
    };
    expect(answerProblems({ annotations: [], fields: { b: false } }, taxonomy)).toEqual([]);
  });

  test("problems without a place on screen are not lost", () => {
    const answer = { annotations: [box], fields: {} };
    const problems = ["annotations", "annotations[0].left", "annotations[7].left", "fields.kind"];
    const other = otherProblems(
      problems.map((path) => ({ path, message: "x" })),
      answer,
      LABELS,
    );
    expect(other.map(({ path }) => path)).toEqual(["annotations", "annotations[7].left"]);
  });

  test("when Enter or a choice alone may hand in", () => {
    expect(quickSubmit(LABELS)).toBe("none");
    expect(quickSubmit({ labels: [], fields: [field({})] })).toBe("advance");
    expect(quickSubmit({ labels: [], fields: [field({ type: "boolean", options: [] })] })).toBe(
      "advance",
    );
    expect(quickSubmit({ labels: [], fields: [field({}), field({ id: "b" })] })).toBe("enter");
    expect(quickSubmit({ labels: [], fields: [field({ type: "multiple" })] })).toBe("enter");
    expect(quickSubmit({ labels: [], fields: [field({}), field({ id: "t", type: "text" })] })).toBe(
      "none",
    );
  });
});

test("ink on a colour is readable", () => {
  expect(inkOn("#ffe066")).toBe("#000000");
  expect(inkOn("#1971c2")).toBe("#ffffff");
  expect(inkOn("nonsense")).toBe("#ffffff");
});
