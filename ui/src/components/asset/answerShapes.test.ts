import { expect, it } from "vitest";
import { cutSpans, labelColor } from "./answerShapes";

it("cuts a text at its spans, by code points, whatever overlaps", () => {
  const span = (start: number, end: number, label: string) => ({ start, end, label });
  expect(cutSpans("a😀bc", [span(1, 2, "x")])).toEqual([
    { text: "a", label: null },
    { text: "😀", label: "x" },
    { text: "bc", label: null },
  ]);
  const pieces = cutSpans("abcdef", [span(2, 5, "y"), span(0, 3, "x"), span(5, 99, "z")]);
  expect(pieces.map((piece) => piece.text).join("")).toBe("abcdef");
  expect(pieces.map((piece) => piece.label)).toEqual(["x", "y", "z"]);
  expect(cutSpans("abc", [])).toEqual([{ text: "abc", label: null }]);
});

it("gives a label the colour of the taxonomy, and one that is gone always the same", () => {
  const taxonomy = { labels: [{ name: "car", title: "Car", color: "#123456" }] };
  expect(labelColor("car", taxonomy)).toBe("#123456");
  expect(labelColor("bus", taxonomy)).toBe(labelColor("bus", null));
});
