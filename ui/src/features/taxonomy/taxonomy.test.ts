import { describe, expect, test } from "vitest";
import type { Taxonomy } from "~/api/types";
import { freeHotkey, moved, nameFor, newField, newLabel, withType } from "./edits";
import { cleaned, readTaxonomy, writeTaxonomy } from "./json";
import { taxonomyProblems } from "./problems";
import { TEMPLATES } from "./templates";

const EMPTY: Taxonomy = { labels: [], fields: [] };

describe("templates", () => {
  for (const { id, media, taxonomy } of TEMPLATES) {
    test(`${id} is valid and survives JSON`, () => {
      expect(taxonomyProblems(taxonomy, media)).toEqual([]);
      const read = readTaxonomy(writeTaxonomy(taxonomy));
      expect(read.problems).toEqual([]);
      expect(read.taxonomy && cleaned(read.taxonomy)).toEqual(cleaned(taxonomy));
    });
  }
});

describe("problems are at the server's paths", () => {
  const check = (json: object, paths: string[]) => {
    const read = readTaxonomy(JSON.stringify(json));
    const problems = read.taxonomy ? taxonomyProblems(read.taxonomy, "image") : read.problems;
    expect(problems.map(({ path }) => path)).toEqual(paths);
  };
  const label = (more: object) => ({
    name: "car",
    color: "#e03131",
    tools: ["box"],
    attributes: [],
    ...more,
  });
  test("names, colours, hotkeys, tools", () => {
    check({}, [""]);
    check({ labels: [label({})] }, []);
    check({ labels: [label({}), label({})] }, ["labels[1].name"]);
    check({ labels: [label({ color: "red" })] }, ["labels[0].color"]);
    check({ labels: [label({ hotkey: "Ä" })] }, ["labels[0].hotkey"]);
    check({ labels: [label({ tools: [] })] }, ["labels[0].tools"]);
    check({ labels: [label({ tools: ["span"] })] }, ["labels[0].tools[0]"]);
    check({ labels: [label({ hotkey: "a" }), label({ name: "b", hotkey: "a" })] }, [
      "labels[1].hotkey",
    ]);
    check({ labels: [label({ attributes: [{ name: "", type: "single" }] })] }, [
      "labels[0].attributes[0].name",
      "labels[0].attributes[0].options",
    ]);
  });
  test("fields", () => {
    const field = (more: object) => ({ id: "f", title: "F", type: "number", ...more });
    check({ fields: [field({})] }, []);
    check({ fields: [field({ min: 3, max: 2 })] }, ["fields[0].min"]);
    check({ fields: [field({ title: " " })] }, ["fields[0].title"]);
    check({ fields: [field({ options: [{ value: "a" }] })] }, ["fields[0].options"]);
    check({ fields: [field({ type: "single", options: [{ value: "a" }, { value: "a" }] })] }, [
      "fields[0].options[1]",
    ]);
  });
  test("shape", () => {
    check([], [""]);
    check({ label: [] }, ["label"]);
    check({ labels: [{ name: 1, color: "#000000", tools: ["circle"] }] }, [
      "labels[0].name",
      "labels[0].tools[0]",
    ]);
    expect(readTaxonomy("{").problems[0]?.message).toContain("is not JSON");
  });
});

describe("edits", () => {
  test("names come from titles and are unique", () => {
    expect(nameFor(" Traffic light! ", [], "x")).toBe("traffic_light");
    expect(nameFor("Größe", ["größe"], "x")).toBe("größe_2");
    expect(nameFor("!!!", [], "label")).toBe("label");
  });
  test("reorder stays within the list", () => {
    expect(moved(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
    expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
    expect(moved(["a", "b"], 1, 2)).toEqual(["a", "b"]);
  });
  test("what is added is valid at once", () => {
    let taxonomy = EMPTY;
    for (let i = 0; i < 12; i += 1) {
      taxonomy = {
        labels: [...taxonomy.labels, newLabel(taxonomy, "image")],
        fields: [...taxonomy.fields, newField(taxonomy)],
      };
    }
    expect(taxonomyProblems(taxonomy, "image")).toEqual([]);
    expect(freeHotkey(taxonomy)).toBe(null);
  });
  test("a type without options drops them", () => {
    expect(withType(newField(EMPTY), "number").options).toEqual([]);
    expect(withType(newField(EMPTY), "multiple").options).toHaveLength(2);
  });
});
