import { ShapeError, zeros } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { type Grid, grid, gridOf, type OpSample, opChecks, randomGrid } from "../testing/index.js";
import { adaptiveAvgPool2d } from "./adaptive-pool2d.js";

/** The places that bin `i` of `bins` covers. */
function placesOf(i: number, bins: number, length: number): number[] {
  const places: number[] = [];
  for (let at = 0; at < length; at++)
    if (at + 1 > (i * length) / bins && at < ((i + 1) * length) / bins) places.push(at);
  return places;
}

function means(x: Grid, [rows, columns]: readonly [number, number]): Grid {
  const [samples, channels, height, width] = x.shape;
  return grid([samples, channels, rows, columns], (n, c, i, j) => {
    const values = placesOf(i, rows, height).flatMap((y) => placesOf(j, columns, width).map((z) => x.at(n, c, y, z)));
    return values.reduce((a, b) => a + b, 0) / values.length;
  });
}

const cases: [string, input: number[], bins: readonly [number, number]][] = [
  ["equal bins", [2, 2, 3, 8], [1, 4]],
  ["bins that overlap", [2, 3, 3, 7], [1, 4]],
  ["rows that overlap too", [1, 2, 5, 7], [2, 3]],
  ["more bins than places", [2, 2, 2, 3], [1, 5]],
  ["one row already", [1, 2, 1, 5], [1, 2]],
];

const samples: OpSample[] = cases.map(([name, input, bins]) => ({
  name,
  call: (x) => adaptiveAvgPool2d(x, bins),
  inputs: [randomGrid(input)],
  expected: (x) => means(x, bins),
}));

describe("adaptiveAvgPool2d", () => {
  it.each(opChecks(samples))("$name", ({ run }) => run());

  it.each(
    opChecks([
      {
        name: "no samples",
        call: (x) => adaptiveAvgPool2d(x, [1, 2]),
        inputs: [gridOf([], [0, 2, 3, 3])],
        expected: () => gridOf([], [0, 2, 1, 2]),
      },
    ]),
  )("$name", ({ run }) => run());

  it("refuses what is no map, and a map without places", () => {
    expect(() => adaptiveAvgPool2d(zeros([2, 3, 4]), [1, 2])).toThrow("found [2, 3, 4]");
    expect(() => adaptiveAvgPool2d(zeros([2, 3, 0, 4]), [1, 2])).toThrow(ShapeError);
  });
});
