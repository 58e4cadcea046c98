import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compare } from "../../../../../fixtures/goldens.js";
import { randomPicture, rowsOf } from "../../../../../fixtures/pictures.js";
import type { BytePicture } from "../picture.js";
import { type Point, warpMls } from "./warp-mls.js";

/** The colours at (x, y) of every pixel, by plain bilinear interpolation, outside those of the border. */
function sampled(picture: BytePicture, at: (x: number, y: number) => Point): number[] {
  const rows = rowsOf(picture);
  const clamp = (value: number, size: number): number => Math.min(Math.max(value, 0), size - 1);
  return rows.flatMap((row, y) =>
    row.flatMap((_, x) => {
      const [sourceX, sourceY] = at(x, y);
      const [left, upper] = [clamp(sourceX, picture.width), clamp(sourceY, picture.height)];
      const [x0, y0] = [Math.floor(left), Math.floor(upper)];
      const [x1, y1] = [Math.ceil(left), Math.ceil(upper)];
      return [0, 1, 2].map((c) => {
        const above = rows[y0][x0][c] * (1 - left + x0) + rows[y0][x1][c] * (left - x0);
        const below = rows[y1][x0][c] * (1 - left + x0) + rows[y1][x1][c] * (left - x0);
        return above * (1 - upper + y0) + below * (upper - y0);
      });
    }),
  );
}

/** A name, where points go, and where the pixel at (x, y) comes from. */
type Motion = [name: string, to: (p: Point) => Point, from: (x: number, y: number) => Point];

const corners = (width: number, height: number): Point[] => [
  [0, 0],
  [width, 0],
  [width, height],
  [0, height],
];

// Sizes around the nodes, which lie 100 pixels apart.
describe.each([
  [48, 130],
  [100, 101],
  [99, 100],
  [201, 5],
  [1, 30],
])("shifts of a picture of %i x %i are exact", (height, width) => {
  const picture = randomPicture(height, width);
  test.each<Motion>([
    ["rest", (p) => p, (x, y) => [x, y]],
    ["whole pixels", ([x, y]) => [x + 3, y - 2], (x, y) => [x - 3, y + 2]],
    ["parts of pixels", ([x, y]) => [x - 1.25, y + 0.5], (x, y) => [x + 1.25, y - 0.5]],
  ])("%s", (name, map, back) => {
    const from = corners(width, height);
    const before = picture.data.slice();
    const warped = warpMls(picture, { from, to: from.map(map) });
    expect([warped.height, warped.width]).toEqual([height, width]);
    // Colours are cut to integers, and a place that is off by 1e-4 pixels changes one by less than 0.1.
    compare(warped.data, sampled(picture, back).map(Math.floor), name, () => 1);
    expect(picture.data).toEqual(before);
  });
});

test.each<Motion>([
  ["doubling", ([x, y]) => [2 * x, 2 * y], (x, y) => [x / 2, y / 2]],
  ["a quarter turn", ([x, y]) => [-y, x], (x, y) => [y, -x]],
  ["half size, turned and moved", ([x, y]) => [50 - y / 2, x / 2], (x, y) => [2 * y, 100 - 2 * x]],
])("%s is exact in a block between four nodes", (name, map, back) => {
  const picture = randomPicture(103, 102);
  const from = corners(102, 103);
  const inBlock = (_: number, i: number): boolean => i % (102 * 3) < 300 && i < 100 * 102 * 3;
  const warped = warpMls(picture, { from, to: from.map(map) }).data.filter(inBlock);
  compare(warped, sampled(picture, back).map(Math.floor).filter(inBlock), name, () => 1);
});

test("a control point at a node carries its pixel there", () => {
  const picture = randomPicture(30, 140);
  const from: Point[] = [[7, 5], ...corners(140, 30).slice(1)];
  const { data } = warpMls(picture, { from, to: corners(140, 30) });
  expect([...data.subarray(0, 3)]).toEqual(rowsOf(picture)[5][7]);
});

test("one colour stays one colour", () => {
  const coordinate = fc.integer({ min: -20, max: 160 });
  const point = fc.tuple(coordinate, coordinate);
  const pair = fc.record({ from: point, to: point });
  const pairs = fc.uniqueArray(pair, { minLength: 3, maxLength: 9, selector: ({ to }) => to.join() });
  fc.assert(
    fc.property(pairs, fc.integer({ min: 0, max: 255 }), (points, value) => {
      const picture = { data: new Uint8Array(23 * 111 * 3).fill(value), height: 23, width: 111 };
      const { data } = warpMls(picture, { from: points.map(({ from }) => from), to: points.map(({ to }) => to) });
      expect(data.every((found) => found === value)).toBe(true);
    }),
    { numRuns: 50 },
  );
});
