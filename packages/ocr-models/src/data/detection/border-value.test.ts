import fc from "fast-check";
import { expect, test } from "vitest";
import type { Polygon } from "../../geometry/polygon.js";
import { borderValue } from "./border-value.js";

const square: Polygon = [
  [10, 10],
  [30, 10],
  [30, 30],
  [10, 30],
];

test("outside of a long edge it is the distance from the edge, by the reach", () => {
  fc.assert(
    fc.property(fc.integer({ min: 5, max: 10 }), fc.integer({ min: 5, max: 9 }), (reach, y) => {
      // Right above the middle the edge is seen under a right angle or more.
      expect(borderValue(20, y, square, reach)).toBeCloseTo(Math.max(0, 1 - (10 - y) / reach), 6);
    }),
    { seed: 1 },
  );
});

test("where the edge is seen under an acute angle, the nearer end counts, as in the reference", () => {
  // From (20, 0) the angle is 90 degrees; from further away less.
  expect(borderValue(20, -5, square, 100)).toBeCloseTo(1 - Math.hypot(10, 15) / 100, 6);
  expect(borderValue(20, 1, square, 100)).toBeCloseTo(1 - 9 / 100, 6);
});

test("it is 1 at a corner and 0 from the reach on", () => {
  expect(borderValue(30, 30, square, 5)).toBe(1);
  expect(borderValue(36, 30, square, 5)).toBe(0);
  expect(borderValue(20, 20, square, 5)).toBe(0);
});
