import { expect, test } from "vitest";
import { arrowStep, fitView, moveCrosshair, panBy, toImage, toScreen, zoomAt } from "./view";

const IMAGE = { width: 1000, height: 500 };
const VIEWPORT = { width: 532, height: 400 };

test("fit shows all of the image, centred", () => {
  const view = fitView(IMAGE, VIEWPORT);
  expect(view.scale).toBe(0.5);
  expect(toScreen(view, { x: 500, y: 250 })).toEqual({ x: 266, y: 200 });
});

test("a small image is not blown up more than 8 times", () => {
  expect(fitView({ width: 16, height: 16 }, VIEWPORT).scale).toBe(8);
});

test("the point under the pointer stays under it while zooming", () => {
  let view = fitView(IMAGE, VIEWPORT);
  const at = { x: 200, y: 180 };
  const before = toImage(view, at);
  for (const factor of [1.25, 1.25, 2, 0.7, 1.1]) view = zoomAt(view, at, factor, IMAGE, VIEWPORT);
  const after = toImage(view, at);
  expect(after.x).toBeCloseTo(before.x, 6);
  expect(after.y).toBeCloseTo(before.y, 6);
});

test("zoom has an upper and a lower end", () => {
  const view = fitView(IMAGE, VIEWPORT);
  expect(zoomAt(view, { x: 0, y: 0 }, 1e9, IMAGE, VIEWPORT).scale).toBe(64);
  expect(zoomAt(view, { x: 0, y: 0 }, 1e-9, IMAGE, VIEWPORT).scale).toBe(0.125);
});

test("the image cannot be lost by panning", () => {
  const view = panBy(fitView(IMAGE, VIEWPORT), { x: 1e6, y: -1e6 }, IMAGE, VIEWPORT);
  const corner = toScreen(view, { x: 0, y: IMAGE.height });
  expect(corner.x).toBe(VIEWPORT.width - 48);
  expect(corner.y).toBe(48);
});

test("arrow steps: a screen distance, 10 with shift, 1 with alt, never out of the image", () => {
  const view = { scale: 0.5, x: 0, y: 0 };
  expect(arrowStep(view, { shift: false, alt: false })).toBe(32);
  expect(arrowStep(view, { shift: true, alt: false })).toBe(10);
  expect(arrowStep(view, { shift: false, alt: true })).toBe(1);
  expect(arrowStep({ ...view, scale: 40 }, { shift: false, alt: false })).toBe(1);
  expect(moveCrosshair({ x: 5.4, y: 5 }, "ArrowLeft", 10, IMAGE)).toEqual({ x: 0, y: 5 });
  expect(moveCrosshair({ x: 995, y: 5 }, "ArrowRight", 10, IMAGE)).toEqual({ x: 1000, y: 5 });
});
