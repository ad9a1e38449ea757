import { describe, expect, it } from "vitest";
import {
  domHeight,
  isStuck,
  jump,
  linesInView,
  MAX_DOM_HEIGHT,
  reveal,
  scrolled,
  settle,
  toDom,
  toVirtual,
} from "./scroll";

const small = { virtualHeight: 5_000, viewport: 500 };
const huge = { virtualHeight: 320_000_000, viewport: 700 };

describe("scroll", () => {
  it("is the identity while the browser can be high enough", () => {
    expect(domHeight(small)).toBe(5_000);
    for (const at of [0, 1, 777, 4_500]) {
      expect(toVirtual(small, at)).toBeCloseTo(at);
      expect(toDom(small, at)).toBeCloseTo(at);
    }
  });

  it("reaches both ends of ten million rows", () => {
    expect(domHeight(huge)).toBe(MAX_DOM_HEIGHT);
    expect(toVirtual(huge, 0)).toBe(0);
    expect(toVirtual(huge, MAX_DOM_HEIGHT - 700)).toBe(320_000_000 - 700);
  });

  it("maps there and back", () => {
    for (let i = 0; i <= 1000; i += 1) {
      const at = (i / 1000) * (huge.virtualHeight - huge.viewport);
      expect(toVirtual(huge, toDom(huge, at))).toBeCloseTo(at, 3);
    }
  });

  it("moves row by row on small steps, in proportion on leaps", () => {
    const start = jump(huge, 1_000_000);
    const step = scrolled(huge, start, start.domTop + 100);
    expect(step.virtualTop).toBe(1_000_100);
    const leap = scrolled(huge, start, 4_000_000);
    expect(leap.virtualTop).toBeCloseTo(toVirtual(huge, 4_000_000));
  });

  it("never skips a row while stepping, and gets to the very ends by steps alone", () => {
    const end = huge.virtualHeight - huge.viewport;
    const domEnd = domHeight(huge) - huge.viewport;
    // From inside the end zones, from outside of them, and with a bar that has drifted meanwhile.
    for (const from of [90_000, 900_000]) {
      for (const pause of [1, 7, 100_000]) {
        for (const step of [400, -400]) {
          let place = jump(huge, step > 0 ? end - from : from);
          for (let i = 0; i < 3_000; i += 1) {
            const before = place.virtualTop;
            const bar = Math.min(Math.max(place.domTop + step, 0), domEnd);
            place = scrolled(huge, place, bar);
            expect(Math.abs(place.virtualTop - before)).toBeLessThanOrEqual(400);
            if (isStuck(huge, place) || i % pause === 0) place = settle(huge, place);
          }
          expect(place.virtualTop).toBe(step > 0 ? end : 0);
        }
      }
    }
  });

  it("settles the bar without moving the rows", () => {
    const drifted = { virtualTop: 123_456_789, domTop: 5 };
    const settled = settle(huge, drifted);
    expect(settled.virtualTop).toBe(drifted.virtualTop);
    expect(toVirtual(huge, settled.domTop)).toBeCloseTo(drifted.virtualTop, 3);
  });

  it("knows the lines in view", () => {
    expect(linesInView(small, 0, 50, 100, 0)).toEqual({ first: 0, end: 10 });
    expect(linesInView(small, 25, 50, 100, 2)).toEqual({ first: 0, end: 13 });
    expect(linesInView(small, 4_500, 50, 100, 5)).toEqual({ first: 85, end: 100 });
    expect(linesInView(small, 0, 50, 0, 5)).toEqual({ first: 0, end: 0 });
  });

  it("reveals a line with the least movement", () => {
    expect(reveal(small, 100, 3, 50)).toBe(100);
    expect(reveal(small, 100, 0, 50)).toBe(0);
    expect(reveal(small, 0, 10, 50)).toBe(50);
  });
});
