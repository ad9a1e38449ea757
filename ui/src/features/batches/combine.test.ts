import { expect, it } from "vitest";
import { intersectionOf, minusOf, unionOf } from "./combine";

it("writes batch algebra in the query language", () => {
  expect(unionOf(["a", "night 1"])).toBe('batch:(a, "night 1")');
  expect(intersectionOf(["a", 'say "x"'])).toBe('batch:a batch:"say \\"x\\""');
  expect(minusOf("a", ["b"])).toBe("batch:a -batch:b");
  expect(minusOf("a", ["b", "c"])).toBe("batch:a -batch:(b, c)");
});
