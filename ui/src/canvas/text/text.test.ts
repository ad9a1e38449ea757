import { describe, expect, test } from "vitest";
import { moveCaret, wordAt } from "./caret";
import { cutBlocks, cutPieces, placeSpans, spansInBlock } from "./layout";
import { TextOffsets, trimmedRange } from "./offsets";

const FAMILY = "👩‍👩‍👧";
const TEXTS = [
  "",
  "plain",
  "a😀b",
  "😀".repeat(2000),
  `x${"😀".repeat(1500)}y`,
  `e\u0301 ${FAMILY} z`,
  "lone \ud83d half",
  "\ud83d",
  "\udc00\udc00",
  "日本語\r\n🇩🇪!",
];

describe("offsets", () => {
  test("agree with the naive count at every position, both ways", () => {
    for (const text of TEXTS) {
      const offsets = new TextOffsets(text);
      const starts: number[] = [];
      let unit = 0;
      for (const point of text) {
        starts.push(unit);
        unit += point.length;
      }
      starts.push(unit);
      expect(offsets.codePoints).toBe(starts.length - 1);
      starts.forEach((start, points) => {
        expect(offsets.toUnit(points)).toBe(start);
        expect(offsets.toCodePoint(start)).toBe(points);
      });
    }
  });

  test("a position inside a pair is that of its start, beyond the end is the end", () => {
    const offsets = new TextOffsets("a😀b");
    expect(offsets.toCodePoint(2)).toBe(1);
    expect(offsets.toCodePoint(99)).toBe(3);
    expect(offsets.toUnit(99)).toBe(4);
    expect(offsets.toUnit(-1)).toBe(0);
  });

  test("the slice between two code points is the text of the span", () => {
    const text = "Hi 😀 Zoë and 👩‍👩‍👧!";
    const offsets = new TextOffsets(text);
    const start = text.indexOf("Zoë");
    const points = [...text];
    const span = points.slice(offsets.toCodePoint(start), offsets.toCodePoint(start + 3));
    expect(span.join("")).toBe("Zoë");
  });

  test("white space at the ends is left out", () => {
    expect(trimmedRange("a  word \n", 1, 9)).toEqual({ start: 3, end: 7 });
    expect(trimmedRange("a   b", 1, 4)).toBe(null);
  });
});

describe("caret", () => {
  test("one step is one character as a reader sees it", () => {
    const text = `a${FAMILY}e\u0301b`;
    const stops = [0];
    while ((stops.at(-1) ?? 0) < text.length)
      stops.push(moveCaret(text, stops.at(-1) ?? 0, "right"));
    expect(stops).toEqual([0, 1, 1 + FAMILY.length, 3 + FAMILY.length, 4 + FAMILY.length]);
    expect(moveCaret(text, 1 + FAMILY.length, "left")).toBe(1);
    expect(moveCaret(text, 0, "left")).toBe(0);
    expect(moveCaret(text, text.length, "right")).toBe(text.length);
  });

  test("by word", () => {
    const text = "one, two  three";
    expect(moveCaret(text, 0, "word-right")).toBe(3);
    expect(moveCaret(text, 3, "word-right")).toBe(8);
    expect(moveCaret(text, 15, "word-left")).toBe(10);
    expect(moveCaret(text, 10, "word-left")).toBe(5);
    expect(wordAt(text, 6)).toEqual({ start: 5, end: 8 });
    expect(wordAt(text, 9)).toBe(null);
  });

  test("by line", () => {
    const text = "ab\ncd\n";
    expect(moveCaret(text, 4, "line-start")).toBe(3);
    expect(moveCaret(text, 4, "line-end")).toBe(5);
    expect(moveCaret(text, 3, "line-start")).toBe(3);
    expect(moveCaret(text, 6, "line-end")).toBe(6);
  });
});

describe("layout", () => {
  const span = (uuid: string, start: number, end: number) => ({ uuid, label: "x", start, end });

  test("overlapping spans get lanes of their own, freed lanes are used again", () => {
    const placed = placeSpans([span("c", 8, 9), span("b", 2, 6), span("a", 0, 4), span("d", 6, 7)]);
    expect(placed.map(({ uuid, lane }) => `${uuid}${lane}`)).toEqual(["a0", "b1", "d0", "c0"]);
  });

  test("blocks cover the text without gaps and never cut a pair", () => {
    for (const text of [...TEXTS, `${"line of words\n".repeat(3000)}`, "😀".repeat(20_000)]) {
      const blocks = cutBlocks(text);
      expect(blocks[0]?.start).toBe(0);
      expect(blocks.at(-1)?.end).toBe(text.length);
      blocks.forEach((block, i) => {
        if (i > 0) expect(block.start).toBe(blocks[i - 1]?.end);
        const pairCut = /^[\udc00-\udfff]/.test(text.slice(block.start, block.end));
        expect(pairCut && /[\ud800-\udbff]$/.test(text.slice(0, block.start))).toBe(false);
      });
    }
  });

  test("pieces cover the block; a caption stands where its span begins", () => {
    const placed = placeSpans([span("a", 0, 10), span("b", 5, 15), span("z", 90, 95)]);
    const block = { start: 3, end: 20 };
    const pieces = cutPieces(block, spansInBlock(placed, block));
    expect(
      pieces.map((piece) => [
        piece.start,
        piece.end,
        piece.spans.map((s) => s.uuid).join(""),
        piece.starting.map((s) => s.uuid).join(""),
      ]),
    ).toEqual([
      [3, 5, "a", ""],
      [5, 10, "ab", "b"],
      [10, 15, "b", ""],
      [15, 20, "", ""],
    ]);
  });
});
