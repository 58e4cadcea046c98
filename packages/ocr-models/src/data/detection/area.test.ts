import fc from "fast-check";
import { expect, test } from "vitest";
import type { Point } from "../../geometry/polygon.js";
import { type Area, liesOutside, spanOf } from "./area.js";

const triangle: Point[] = [
  [3, 9],
  [8, 2],
  [5, 4],
];

test("the span of a polygon along each axis", () => {
  expect(spanOf(triangle, 0)).toEqual([3, 8]);
  expect(spanOf(triangle, 1)).toEqual([2, 9]);
});

test("a polygon is outside where its box has no point in common with the area", () => {
  const coordinate = fc.integer({ min: -3, max: 14 });
  const size = fc.integer({ min: 0, max: 8 });
  fc.assert(
    fc.property(coordinate, coordinate, size, size, (left, top, width, height) => {
      const area: Area = { left, top, width, height };
      let common = false;
      for (let x = 3; x <= 8; x++) {
        for (let y = 2; y <= 9; y++) {
          common ||= x >= left && x <= left + width && y >= top && y <= top + height;
        }
      }
      expect(liesOutside(triangle, area)).toBe(!common);
    }),
    { seed: 1 },
  );
});
