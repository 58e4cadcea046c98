import { DTypeError, ShapeError, tensor, zeros } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { backward } from "../backward.js";
import { grid, gridOf, type OpSample, opChecks, randomGrid } from "../testing/index.js";
import { type Variable, variable } from "../variable.js";
import { mul, square } from "./arithmetic.js";
import { gatherRows, pick } from "./gather.js";
import { sum } from "./sum.js";

const names = [2, 0, 2, 3];
const rowsOf = (shape: number[]) => tensor(Int32Array.from(names), shape);

const samples: OpSample[] = [
  {
    name: "gatherRows, one twice",
    call: (x) => gatherRows(x, rowsOf([2, 2])),
    inputs: [randomGrid([5, 3])],
    expected: (x) => grid([2, 2, 3], (i, j, k) => x.at(names[2 * i + j], k)),
  },
  {
    name: "gatherRows with padding",
    call: (x) => gatherRows(x, rowsOf([2, 2]), 2),
    inputs: [randomGrid([5, 3])],
    expected: (x) => grid([2, 2, 3], (i, j, k) => (names[2 * i + j] === 2 ? 0 : x.at(names[2 * i + j], k))),
  },
  {
    name: "gatherRows of nothing",
    call: (x) => gatherRows(x, tensor(new Int32Array(0), [0, 2])),
    inputs: [randomGrid([5, 3])],
    expected: () => gridOf([], [0, 2, 3]),
  },
  {
    name: "pick",
    call: (x) => pick(x, rowsOf([2, 2])),
    inputs: [randomGrid([2, 2, 4])],
    expected: (x) => grid([2, 2], (i, j) => x.at(i, j, names[2 * i + j])),
  },
  {
    name: "pick of nothing",
    call: (x) => pick(x, tensor(new Int32Array(0))),
    inputs: [gridOf([], [0, 4])],
    expected: () => gridOf([]),
  },
];

describe("gather", () => {
  it.each(opChecks(samples))("$name", ({ run }) => run());

  it("gives the padding row no gradient, in first and second order", () => {
    const indices = tensor(Int32Array.from([0, 1, 1]));
    const table = variable(tensor([1, 2, 3], [3, 1]));
    const weights = variable(tensor([5, 6, 7], [3, 1]));
    const loss = sum(mul(square(gatherRows(table, indices, 0)), weights));
    const first = backward(loss, { createGraph: true }).get(table) as Variable;
    expect([...first.value.dataSync()]).toEqual([0, 2 * 2 * (6 + 7), 0]);
    const second = backward(sum(first));
    expect([...(second.get(table)?.value.dataSync() ?? [])]).toEqual([0, 2 * (6 + 7), 0]);
    expect([...(second.get(weights)?.value.dataSync() ?? [])]).toEqual([0, 4, 4]);
  });

  it("names an index outside of the table or row", () => {
    const bad = tensor(Int32Array.from([0, 4]));
    expect(() => gatherRows(zeros([4, 2]), bad)).toThrow("index 4 at position 1 is not within 0 to 3");
    expect(() => pick(zeros([2, 4]), bad)).toThrow(RangeError);
    expect(() => pick(zeros([2, 4]), tensor([0, 1]))).toThrow(DTypeError);
    expect(() => pick(zeros([3, 4]), bad)).toThrow(ShapeError);
  });
});
