import { ShapeError, tensor } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { type Grid, grid, gridOf, type OpSample, opChecks, randomGrid } from "../testing/index.js";
import { mean, sum } from "./sum.js";
import { sumTo } from "./sum-to.js";

const x = randomGrid([2, 3, 4]);
const total = (a: Grid): number => a.values.reduce((p, q) => p + q, 0);
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const fold = (n: number, value: (i: number) => number): number => range(n).reduce((t, i) => t + value(i), 0);

const samples: OpSample[] = [
  { name: "sum of all", call: (a) => sum(a), inputs: [x], expected: (a) => gridOf([total(a)], []) },
  { name: "sum of a scalar", call: (a) => sum(a), inputs: [gridOf([2], [])], expected: (a) => a },
  { name: "sum of nothing", call: (a) => sum(a), inputs: [gridOf([], [0, 2])], expected: () => gridOf([0], []) },
  {
    name: "sum over an empty axis",
    call: (a) => sum(a, { axes: 0 }),
    inputs: [gridOf([], [0, 2])],
    expected: () => gridOf([0, 0]),
  },
  {
    name: "sum over outer and inner axes",
    call: (a) => sum(a, { axes: [0, -1] }),
    inputs: [x],
    expected: (a) => grid([3], (j) => fold(2, (i) => fold(4, (k) => a.at(i, j, k)))),
  },
  {
    name: "sum that keeps the axis",
    call: (a) => sum(a, { axes: 1, keepDims: true }),
    inputs: [x],
    expected: (a) => grid([2, 1, 4], (i, _, k) => fold(3, (j) => a.at(i, j, k))),
  },
  { name: "sum over no axes", call: (a) => sum(a, { axes: [] }), inputs: [x], expected: (a) => a },
  { name: "mean of all", call: (a) => mean(a), inputs: [x], expected: (a) => gridOf([total(a) / 24], []) },
  {
    name: "mean of rows",
    call: (a) => mean(a, { axes: -1 }),
    inputs: [x],
    expected: (a) => grid([2, 3], (i, j) => fold(4, (k) => a.at(i, j, k)) / 4),
  },
  {
    name: "mean of nothing",
    call: (a) => mean(a),
    inputs: [gridOf([], [0])],
    expected: () => gridOf([Number.NaN], []),
    order: 0,
  },
  {
    name: "sum with not-a-number and infinity",
    call: (a) => sum(a, { axes: 1 }),
    inputs: [gridOf([1, Number.NaN, 1, Infinity], [2, 2])],
    expected: () => gridOf([Number.NaN, Infinity]),
    order: 0,
  },
  {
    name: "sumTo a row",
    call: (a) => sumTo(a, [1, 4]),
    inputs: [x],
    expected: (a) => grid([1, 4], (_, k) => fold(2, (i) => fold(3, (j) => a.at(i, j, k)))),
  },
  { name: "sumTo a scalar", call: (a) => sumTo(a, []), inputs: [x], expected: (a) => gridOf([total(a)], []) },
  { name: "sumTo the same shape", call: (a) => sumTo(a, [2, 3, 4]), inputs: [x], expected: (a) => a },
];

describe("sum", () => {
  it.each(opChecks(samples))("$name", ({ run }) => run());

  it("refuses an axis that is not there or is named twice", () => {
    expect(() => sum(tensor([1]), { axes: 1 })).toThrow(ShapeError);
    expect(() => mean(tensor([1]), { axes: [0, -1] })).toThrow("axes [0, 0] name one axis twice");
  });
});
