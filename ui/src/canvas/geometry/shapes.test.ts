import { expect, test } from "vitest";
import {
  boxFromCorners,
  clampBox,
  moveBox,
  movePolygon,
  nearestEdge,
  polygonArea,
  polygonContains,
  resizeBox,
  selfIntersects,
  type Point,
} from "./shapes";

const SIZE = { width: 100, height: 50 };
const pt = (x: number, y: number): Point => ({ x, y });
const box = (left: number, top: number, width: number, height: number) => ({
  left,
  top,
  width,
  height,
});
const SQUARE = [pt(0, 0), pt(10, 0), pt(10, 10), pt(0, 10)];
const BOWTIE = [pt(0, 0), pt(10, 10), pt(10, 0), pt(0, 10)];
const HOURGLASS_TOUCHING = [pt(0, 0), pt(10, 0), pt(5, 5), pt(10, 10), pt(0, 10), pt(5, 5)];
const L_SHAPE = [pt(0, 0), pt(10, 0), pt(10, 4), pt(4, 4), pt(4, 10), pt(0, 10)];

test("a box is the same whichever corners were set first", () => {
  const want = box(2, 3, 5, 7);
  for (const [a, b] of [
    [pt(2, 3), pt(7, 10)],
    [pt(7, 10), pt(2, 3)],
    [pt(7, 3), pt(2, 10)],
    [pt(2, 10), pt(7, 3)],
  ] as const) {
    expect(boxFromCorners(a, b)).toEqual(want);
  }
});

test("a box is cut to the image", () => {
  expect(clampBox(box(-5, -5, 20, 20), SIZE)).toEqual(box(0, 0, 15, 15));
  expect(clampBox(box(90, 40, 20, 20), SIZE)).toEqual(box(90, 40, 10, 10));
  expect(clampBox(box(200, 200, 20, 20), SIZE)).toMatchObject({ width: 0, height: 0 });
});

test("moving stops at the edge and keeps the size", () => {
  expect(moveBox(box(10, 10, 20, 20), pt(-99, -99), SIZE)).toEqual(box(0, 0, 20, 20));
  expect(moveBox(box(10, 10, 20, 20), pt(999, 999), SIZE)).toEqual(box(80, 30, 20, 20));
  expect(movePolygon(SQUARE, pt(999, 3), SIZE)[0]).toEqual(pt(90, 3));
});

test("a handle pulled across the other side turns the box over", () => {
  expect(resizeBox(box(10, 10, 10, 10), "se", pt(5, 5), SIZE)).toEqual(box(5, 5, 5, 5));
  expect(resizeBox(box(10, 10, 10, 10), "n", pt(99, 5), SIZE)).toEqual(box(10, 5, 10, 15));
  expect(resizeBox(box(10, 10, 10, 10), "e", pt(500, 0), SIZE)).toEqual(box(10, 10, 90, 10));
});

test("areas", () => {
  expect(polygonArea(SQUARE)).toBe(100);
  expect(polygonArea([...SQUARE].reverse())).toBe(100);
  expect(polygonArea([pt(0, 0), pt(5, 5), pt(9, 9)])).toBe(0);
});

test("inside and outside of a concave polygon", () => {
  expect(polygonContains(L_SHAPE, pt(2, 8))).toBe(true);
  expect(polygonContains(L_SHAPE, pt(8, 2))).toBe(true);
  expect(polygonContains(L_SHAPE, pt(8, 8))).toBe(false);
});

test("self-intersection", () => {
  expect(selfIntersects(SQUARE)).toBe(false);
  expect(selfIntersects(L_SHAPE)).toBe(false);
  expect(selfIntersects(BOWTIE)).toBe(true);
  expect(selfIntersects(HOURGLASS_TOUCHING)).toBe(true);
  expect(selfIntersects([pt(0, 0), pt(1, 0), pt(0, 1)])).toBe(false);
});

test("the nearest edge, the closing one too", () => {
  expect(nearestEdge(SQUARE, pt(5, 1))).toEqual({ index: 0, distance: 1 });
  expect(nearestEdge(SQUARE, pt(1, 5))).toEqual({ index: 3, distance: 1 });
  expect(nearestEdge([], pt(1, 5)).index).toBe(-1);
});
