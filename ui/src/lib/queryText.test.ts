import { describe, expect, it } from "vitest";
import { addTerm, cutSpan, findTerm, quote } from "./queryText";

describe("addTerm", () => {
  it.each([
    ["", "a:1", "a:1"],
    ["b:2", "a:1", "b:2 a:1"],
    ["b:2 OR c:3", "a:1", "(b:2 OR c:3) a:1"],
    ["(b:2 OR c:3)", "a:1", "(b:2 OR c:3) a:1"],
    ['note:"this OR that"', "a:1", 'note:"this OR that" a:1'],
    ["city:Orlando", "a:1", "city:Orlando a:1"],
  ])("%s + %s = %s", (q, term, want) => expect(addTerm(q, term)).toBe(want));
});

describe("cutSpan", () => {
  it.each([
    ["a:1 b:2 c:3", [4, 7], "a:1 c:3"],
    ["a:1 AND b:2", [8, 11], "a:1"],
    ["a:1 AND b:2", [0, 3], "b:2"],
    ["a:1", [0, 3], ""],
    ["a:1 and b:2 and c:3", [8, 11], "a:1 and c:3"],
  ] as const)("%s minus %j = %s", (q, span, want) => expect(cutSpan(q, span)).toBe(want));
});

it("finds a chip regardless of quotes and case", () => {
  const chips = [{ text: 'city:"San Jose"' }, { text: "hour<6" }];
  expect(findTerm(chips, "city:san jose")).toBe(chips[0]);
  expect(findTerm(chips, "hour<7")).toBeNull();
});

it("quotes only what must be quoted", () => {
  expect(quote("rain")).toBe("rain");
  expect(quote("1.10")).toBe("1.10");
  expect(quote("San Jose")).toBe('"San Jose"');
  expect(quote("v1..v2")).toBe('"v1..v2"');
  expect(quote("v1.")).toBe('"v1."');
  expect(quote('a "b"')).toBe('"a \\"b\\""');
});
