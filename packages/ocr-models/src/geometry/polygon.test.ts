import fc from "fast-check";
import { expect, test } from "vitest";
import { type Point, polygonArea, polygonLength } from "./polygon.js";

const coordinate = fc.integer({ min: -50, max: 50 });
const corner = fc.tuple(coordinate, coordinate);

test("a triangle has the area of Heron's formula", () => {
  fc.assert(
    fc.property(corner, corner, corner, (a, b, c) => {
      const side = (p: Point, q: Point): number => Math.sqrt((p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2);
      const [x, y, z] = [side(a, b), side(b, c), side(c, a)];
      const half = (x + y + z) / 2;
      const heron = Math.sqrt(Math.max(0, half * (half - x) * (half - y) * (half - z)));
      expect(polygonArea([a, b, c])).toBeCloseTo(heron, 4);
      expect(polygonLength([a, b, c])).toBeCloseTo(2 * half, 10);
    }),
    { seed: 1 },
  );
});

test("neither where it lies nor the order of its corners changes a polygon's area", () => {
  const polygon: Point[] = [
    [0, 0],
    [4, 0],
    [4, 3],
    [1, 3],
    [1, 1],
    [0, 1],
  ];
  expect(polygonArea(polygon)).toBe(10);
  expect(polygonArea([...polygon].reverse())).toBe(10);
  expect(polygonArea(polygon.map(([x, y]) => [x + 1e9, y - 1e9]))).toBe(10);
});

test("nothing, a point and a line have no area", () => {
  expect(polygonArea([])).toBe(0);
  expect(polygonLength([])).toBe(0);
  expect(polygonArea([[1, 2]])).toBe(0);
  expect(polygonLength([[1, 2]])).toBe(0);
  const line: Point[] = [
    [0, 0],
    [3, 4],
  ];
  expect(polygonArea(line)).toBe(0);
  expect(polygonLength(line)).toBe(10);
});
