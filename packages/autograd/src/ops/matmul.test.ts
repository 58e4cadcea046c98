import { DTypeError, ShapeError, tensor, zeros } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { type Grid, grid, gridOf, type OpSample, opChecks, randomGrid } from "../testing/index.js";
import { matmul } from "./matmul.js";
import { transpose } from "./views.js";

function dot(k: number, value: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < k; i++) total += value(i);
  return total;
}

const [a, b, bias] = [randomGrid([3, 5]), randomGrid([5, 2], { seed: 2 }), randomGrid([2], { seed: 3 })];
const product = (x: Grid, y: Grid): Grid => grid([3, 2], (i, j) => dot(5, (k) => x.at(i, k) * y.at(k, j)));

const samples: OpSample[] = [
  { name: "matrices", call: (x, y) => matmul(x, y), inputs: [a, b], expected: product },
  {
    name: "matrices and bias",
    call: (x, y, z) => matmul(x, y, z),
    inputs: [a, b, bias],
    expected: (x, y, z) => grid([3, 2], (i, j) => product(x, y).at(i, j) + z.at(j)),
  },
  {
    name: "transposed operands",
    call: (x, y) => matmul(transpose(x), transpose(y)),
    inputs: [randomGrid([5, 3]), randomGrid([2, 5], { seed: 2 })],
    expected: (x, y) => grid([3, 2], (i, j) => dot(5, (k) => x.at(k, i) * y.at(j, k))),
  },
  {
    name: "a batch and one matrix with bias",
    call: (x, y, z) => matmul(x, y, z),
    inputs: [randomGrid([2, 3, 5]), b, bias],
    expected: (x, y, z) => grid([2, 3, 2], (n, i, j) => dot(5, (k) => x.at(n, i, k) * y.at(k, j)) + z.at(j)),
  },
  {
    name: "two batches",
    call: (x, y) => matmul(x, y),
    inputs: [randomGrid([2, 3, 5]), randomGrid([2, 5, 2], { seed: 2 })],
    expected: (x, y) => grid([2, 3, 2], (n, i, j) => dot(5, (k) => x.at(n, i, k) * y.at(n, k, j))),
  },
  {
    name: "batches broadcast against each other",
    call: (x, y) => matmul(x, y),
    inputs: [randomGrid([2, 1, 2, 3]), randomGrid([3, 3, 2], { seed: 2 })],
    expected: (x, y) => grid([2, 3, 2, 2], (n, m, i, j) => dot(3, (k) => x.at(n, 0, i, k) * y.at(m, k, j))),
  },
  {
    name: "one matrix and a batch",
    call: (x, y) => matmul(x, y),
    inputs: [a, randomGrid([2, 5, 2], { seed: 2 })],
    expected: (x, y) => grid([2, 3, 2], (n, i, j) => dot(5, (k) => x.at(i, k) * y.at(n, k, j))),
  },
  {
    name: "no rows",
    call: (x, y) => matmul(x, y),
    inputs: [gridOf([], [0, 5]), b],
    expected: () => gridOf([], [0, 2]),
  },
  {
    name: "nothing to add up",
    call: (x, y, z) => matmul(x, y, z),
    inputs: [gridOf([], [3, 0]), gridOf([], [0, 2]), bias],
    expected: (_x, _y, z) => grid([3, 2], (_, j) => z.at(j)),
  },
  {
    name: "tails of tiles",
    call: (x, y) => matmul(x, y),
    inputs: [randomGrid([7, 9]), randomGrid([9, 11], { seed: 2 })],
    expected: (x, y) => grid([7, 11], (i, j) => dot(9, (k) => x.at(i, k) * y.at(k, j))),
  },
];

describe("matmul", () => {
  it.each(opChecks(samples))("$name", ({ run }) => run());

  it("names shapes and dtypes that do not fit", () => {
    expect(() => matmul(zeros([2, 3]), zeros([4, 5]))).toThrow(
      "matmul of [2, 3] and [4, 5]: needs [..., m, k] and [..., k, n]",
    );
    expect(() => matmul(tensor([1]), zeros([1, 1]))).toThrow(ShapeError);
    expect(() => matmul(zeros([2, 3]), zeros([3, 5]), zeros([4]))).toThrow("needs a bias of shape [5], found [4]");
    expect(() => matmul(zeros([2, 3]), zeros([3, 5], "float64"))).toThrow(DTypeError);
  });
});
