import { describe, expect, it } from "vitest";
import {
  checkDraft,
  draftOf,
  leavesOf,
  mergePatches,
  nameProblem,
  patchAt,
  pathOf,
  retype,
} from "./values";

describe("metadata values", () => {
  it.each([
    ["rain"],
    [""],
    [5],
    [-0.25],
    [true],
    [false],
    [["a", "b"]],
    [[1, 2]],
    [[]],
    [{ a: [1] }],
  ])("%j is the same after editing nothing", (value) =>
    expect(checkDraft(draftOf(value))).toEqual({ ok: true, value }),
  );

  it("refuses what is not of its type", () => {
    expect(checkDraft({ type: "number", text: "five", list: [] }).ok).toBe(false);
    expect(checkDraft({ type: "number", text: " ", list: [] }).ok).toBe(false);
    expect(checkDraft({ type: "json", text: "{", list: [] }).ok).toBe(false);
    expect(checkDraft({ type: "json", text: "null", list: [] }).ok).toBe(false);
  });

  it("changes the type of a value", () => {
    expect(retype(draftOf("5"), "number")).toEqual({ type: "number", text: "5", list: [] });
    expect(retype(draftOf("five"), "number").text).toBe("");
    expect(retype(draftOf("rain"), "list").list).toEqual(["rain"]);
    expect(retype(draftOf(["a", "b"]), "text").text).toBe("a, b");
    expect(retype(draftOf({ a: 1 }), "text").text).toBe('{"a":1}');
    expect(retype(draftOf("yes"), "boolean").text).toBe("true");
  });

  it("shows nested metadata in rows and patches one of them", () => {
    const leaves = leavesOf({
      a: 1,
      camera: { model: "X100", lens: { mm: 35 } },
      tags: ["x"],
      e: {},
    });
    expect(leaves.map((leaf) => leaf.name)).toEqual([
      "a",
      "camera.model",
      "camera.lens.mm",
      "tags",
      "e",
    ]);
    expect(patchAt(["camera", "lens", "mm"], null)).toEqual({ camera: { lens: { mm: null } } });
    // A name with a dot in it is one key, not two.
    expect(leavesOf({ "a.b": 1 })[0]?.path).toEqual(["a.b"]);
  });

  it("merges patches", () => {
    expect(
      mergePatches(patchAt(pathOf("camera.model"), "Y"), patchAt(pathOf("meta.camera.mm"), null)),
    ).toEqual({ camera: { model: "Y", mm: null } });
  });

  it("knows what a name can be", () => {
    expect(nameProblem("weather")).toBeNull();
    expect(nameProblem("a..b")).not.toBeNull();
    expect(nameProblem(" ")).not.toBeNull();
  });
});
