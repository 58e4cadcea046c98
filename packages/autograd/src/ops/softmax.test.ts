import { DTypeError, ShapeError, tensor } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { type Grid, grid, gridOf, type OpSample, opChecks, randomGrid } from "../testing/index.js";
import { logSoftmax, softmax } from "./softmax.js";

function rows(x: Grid, value: (row: number[], j: number) => number): Grid {
  const length = x.shape[x.shape.length - 1];
  const out = gridOf(x.values, x.shape);
  for (let start = 0; start < x.values.length; start += length) {
    const row = Array.from(x.values.subarray(start, start + length));
    for (let j = 0; j < length; j++) out.values[start + j] = value(row, j);
  }
  return out;
}

const top = (row: number[]): number => Math.max(...row);
const total = (row: number[]): number => row.reduce((t, v) => t + Math.exp(v - top(row)), 0);
const share = (x: Grid): Grid => rows(x, (row, j) => Math.exp(row[j] - top(row)) / total(row));
const logShare = (x: Grid): Grid => rows(x, (row, j) => row[j] - top(row) - Math.log(total(row)));

const samples: OpSample[] = [
  { name: "softmax", call: (x) => softmax(x), inputs: [randomGrid([2, 3, 5])], expected: share },
  { name: "logSoftmax", call: (x) => logSoftmax(x), inputs: [randomGrid([2, 3, 5])], expected: logShare },
  { name: "softmax of a vector", call: (x) => softmax(x), inputs: [randomGrid([7])], expected: share },
  { name: "logSoftmax of one class", call: (x) => logSoftmax(x), inputs: [randomGrid([3, 1])], expected: logShare },
  { name: "softmax of nothing", call: (x) => softmax(x), inputs: [gridOf([], [0, 3])], expected: share },
  { name: "logSoftmax of nothing", call: (x) => logSoftmax(x), inputs: [gridOf([], [2, 0])], expected: logShare },
  {
    name: "softmax of extreme scores",
    call: (x) => softmax(x),
    inputs: [gridOf([1e4, -1e4, 0, 1e4, -Infinity, 3], [2, 3])],
    expected: share,
    order: 0,
  },
  {
    name: "logSoftmax of extreme scores",
    call: (x) => logSoftmax(x),
    inputs: [gridOf([1e4, -1e4, 0, 1e4, -Infinity, 3], [2, 3])],
    expected: logShare,
    order: 0,
  },
  {
    name: "softmax with not-a-number",
    call: (x) => softmax(x),
    inputs: [gridOf([Number.NaN, 1, 2, 0, 0, 0], [2, 3])],
    expected: () => grid([2, 3], (i) => (i === 0 ? Number.NaN : 1 / 3)),
    order: 0,
  },
];

describe("softmax", () => {
  it.each(opChecks(samples))("$name", ({ run }) => run());

  it("refuses scalars and integers", () => {
    expect(() => softmax(tensor(1))).toThrow(ShapeError);
    expect(() => logSoftmax(tensor([1, 2], [2], "int32"))).toThrow(DTypeError);
  });
});
