import { ShapeError, zeros } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { grid, gridOf, type OpSample, opChecks, randomGrid } from "../testing/index.js";
import { pair } from "./conv2d.js";
import { upsampleNearest2d } from "./upsample2d.js";

const cases: [string, input: number[], factor: number | [number, number]][] = [
  ["twice", [2, 3, 2, 5], 2],
  ["eight times", [1, 2, 1, 3], 8],
  ["rows only", [2, 1, 3, 4], [3, 1]],
  ["columns more often than rows", [1, 2, 2, 3], [2, 5]],
  ["once", [2, 2, 3, 2], 1],
];

const samples: OpSample[] = cases.map(([name, input, factor]) => ({
  name,
  call: (x) => upsampleNearest2d(x, factor),
  inputs: [randomGrid(input)],
  expected: (x) => {
    const [rows, columns] = pair(factor);
    const [n, c, h, w] = input;
    return grid([n, c, rows * h, columns * w], (i, j, y, z) =>
      x.at(i, j, Math.floor(y / rows), Math.floor(z / columns)),
    );
  },
}));

describe("upsampleNearest2d", () => {
  it.each(opChecks(samples))("$name", ({ run }) => run());

  it.each(
    opChecks([
      {
        name: "no samples",
        call: (x) => upsampleNearest2d(x, 2),
        inputs: [gridOf([], [0, 2, 3, 3])],
        expected: () => gridOf([], [0, 2, 6, 6]),
      },
      {
        name: "infinities and NaN stay in their places",
        call: (x) => upsampleNearest2d(x, [1, 2]),
        inputs: [gridOf([Number.POSITIVE_INFINITY, 1, Number.NaN], [1, 1, 1, 3])],
        expected: ({ values: [a, b, c] }) => gridOf([a, a, b, b, c, c], [1, 1, 1, 6]),
        order: 0,
      },
    ]),
  )("$name", ({ run }) => run());

  it("refuses what is no map, and factors that are not whole", () => {
    expect(() => upsampleNearest2d(zeros([2, 3, 4]), 2)).toThrow("found [2, 3, 4] and [2, 2]");
    expect(() => upsampleNearest2d(zeros([1, 1, 2, 2]), 0)).toThrow(ShapeError);
    expect(() => upsampleNearest2d(zeros([1, 1, 2, 2]), [1, 1.5])).toThrow("and [1, 1.5]");
  });
});
