import { describe, expect, it } from "vitest";
import {
  ago,
  bytes,
  count,
  duration,
  percent,
  plural,
  prelabelText,
  scoreWords,
  took,
  valueText,
} from "./format";

describe("format", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [999_600, "1.0 MB"],
    [12_345_678, "12 MB"],
  ])("bytes(%d) = %s", (n, text) => expect(bytes(n)).toBe(text));

  it.each([
    [0, 10, "0%"],
    [10, 10, "100%"],
    [9_999_999, 10_000_000, ">99.9%"],
    [1, 10_000_000, "<0.1%"],
    [1, 8, "13%"],
    [5, 100, "5%"],
    [3, 0, "0%"],
  ])("percent(%d, %d) = %s", (part, all, text) => expect(percent(part, all)).toBe(text));

  it.each([
    [0, "0"],
    [0.001, "<0.01"],
    [1 / 3, "0.33"],
    [0.999, ">0.99"],
    [1, "1"],
  ])("scoreWords(%d) = %s", (score, text) => expect(scoreWords(score)).toBe(text));

  it.each([
    [8, "8 s"],
    [125, "2 min 5 s"],
    [12_000, "3 h 20 min"],
    [187_200, "2 d 4 h"],
    [Infinity, "unknown"],
  ])("duration(%d) = %s", (s, text) => expect(duration(s)).toBe(text));

  it.each([
    ["2026-11-24T10:00:00Z", "just now"],
    ["2026-11-24T09:30:00Z", "30 min ago"],
    ["2026-11-24T13:00:00Z", "in 3 h"],
    ["2026-11-20T10:00:00Z", "4 d ago"],
    ["nonsense", "unknown"],
  ])("ago(%s) = %s", (time, text) =>
    expect(ago(time, Date.parse("2026-11-24T10:00:10Z"))).toBe(text),
  );

  it("writes counts, plurals, times and values", () => {
    expect(count(10_000_000)).toBe("10,000,000");
    expect(plural(1, "asset")).toBe("1 asset");
    expect(plural(2, "batch", "batches")).toBe("2 batches");
    expect(took(0.42)).toBe("0.4 ms");
    expect(took(1312)).toBe("1.3 s");
    expect(valueText(["a", 1, { b: true }])).toBe('a, 1, {"b":true}');
  });
});

it("a pre-label is named by its source, with its score", () => {
  expect(prelabelText({ source: "yolo-v8", score: 0.83123 })).toBe("yolo-v8, score 0.831");
  expect(prelabelText({ source: "yolo-v8", score: 1 })).toBe("yolo-v8, score 1");
  expect(prelabelText({ source: "a rule", score: null })).toBe("a rule");
});
