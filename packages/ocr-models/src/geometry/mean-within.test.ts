import fc from "fast-check";
import { expect, test } from "vitest";
import { rectangle } from "../../../../fixtures/rectangle.js";
import { meanWithin } from "./mean-within.js";
import type { Point } from "./polygon.js";

const [height, width] = [12, 15];
const map = { data: Float32Array.from({ length: height * width }, (_, i) => Math.sin(i) ** 2), height, width };

/** The mean over the pixels of a rectangle, its edges included, as far as they lie in the map. */
function byLoops(left: number, top: number, right: number, bottom: number): number {
  let [sum, count] = [0, 0];
  for (let y = Math.max(0, top); y <= Math.min(height - 1, bottom); y++) {
    for (let x = Math.max(0, left); x <= Math.min(width - 1, right); x++) {
      sum += map.data[y * width + x];
      count++;
    }
  }
  return sum / count;
}

test("the mean within a rectangle includes its edges and stops at those of the map", () => {
  const sizes = fc.tuple(fc.integer({ min: -3, max: 14 }), fc.integer({ min: -3, max: 11 }), fc.nat(6), fc.nat(6));
  fc.assert(
    fc.property(sizes, ([left, top, w, h]) => {
      const [right, bottom] = [Math.max(0, left + w), Math.max(0, top + h)];
      expect(meanWithin(map, rectangle(left, top, right, bottom))).toBeCloseTo(byLoops(left, top, right, bottom), 12);
    }),
    { seed: 1 },
  );
});

test("corners are cut to pixels, counted from the pixel in which the polygon begins", () => {
  expect(meanWithin(map, rectangle(2.9, 3.2, 6.7, 5.9))).toBeCloseTo(byLoops(2, 3, 6, 5), 12);
});

test("in a triangle only the pixels on its side of the diagonal count", () => {
  const corners: Point[] = [
    [1, 1],
    [9, 1],
    [1, 9],
  ];
  let [sum, count] = [0, 0];
  for (let y = 1; y <= 9; y++) {
    for (let x = 1; x + y <= 10; x++) {
      sum += map.data[y * width + x];
      count++;
    }
  }
  expect(meanWithin(map, corners)).toBeCloseTo(sum / count, 12);
});
