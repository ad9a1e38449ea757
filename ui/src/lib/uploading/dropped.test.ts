import { expect, it } from "vitest";
import { isJunk, manifestAmong, pickedFiles } from "./dropped";

it("knows what systems leave behind", () => {
  for (const path of [".DS_Store", "a/b/Thumbs.db", "a/._x.png", "__MACOSX/a/x.png"]) {
    expect(isJunk(path)).toBe(true);
  }
  expect(isJunk("a/x.png")).toBe(false);
});

it("sorts names with numbers as people do", () => {
  const files = ["f10.png", "f2.png", "f1.png"].map((name) => new File(["x"], name));
  expect(pickedFiles(files).map((entry) => entry.path)).toEqual(["f1.png", "f2.png", "f10.png"]);
});

it("finds the manifest when there is exactly one", () => {
  const entry = (path: string) => ({ path, file: new File([""], path) });
  expect(manifestAmong([entry("a.png"), entry("meta.CSV")])?.path).toBe("meta.CSV");
  expect(manifestAmong([entry("a.csv"), entry("b.jsonl")])).toBeNull();
  expect(manifestAmong([entry("a.png")])).toBeNull();
});
