import { expect, test } from "vitest";
import { moveCorners, type Region, regionFields } from "./region.js";

const regions: Region[] = [
  {
    points: [
      [0, 1],
      [4, 1],
      [4, 3],
      [2, 5],
      [0, 3],
    ],
    text: "a",
    ignore: false,
  },
  {
    points: [
      [7, 7],
      [9.5, 7],
      [9, 9],
      [7, 9],
    ],
    text: "###",
    ignore: true,
  },
];

test("fields hold every corner, the last one repeated where there are fewer", () => {
  expect(regionFields(regions)).toEqual({
    polys: {
      data: Float32Array.of(0, 1, 4, 1, 4, 3, 2, 5, 0, 3, 7, 7, 9.5, 7, 9, 9, 7, 9, 7, 9),
      shape: [2, 5, 2],
    },
    ignore_tags: { data: Int32Array.of(0, 1), shape: [2] },
  });
});

test("no regions are fields without regions", () => {
  expect(regionFields([])).toEqual({
    polys: { data: new Float32Array(0), shape: [0, 0, 2] },
    ignore_tags: { data: new Int32Array(0), shape: [0] },
  });
});

test("moving corners leaves the rest and the regions themselves alone", () => {
  const moved = moveCorners(regions, ([x, y]) => [y, x]);
  expect(moved[1]).toEqual({
    ...regions[1],
    points: [
      [7, 7],
      [7, 9.5],
      [9, 9],
      [9, 7],
    ],
  });
  expect(regions[1].points[1]).toEqual([9.5, 7]);
});
