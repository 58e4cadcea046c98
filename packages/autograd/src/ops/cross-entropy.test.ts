import { tensor, zeros } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { type Grid, grid, gridOf, opChecks, randomGrid } from "../testing/index.js";
import { crossEntropyRows } from "./cross-entropy.js";

const labels = [3, -1, 0, 4];
const labelTensor = tensor(Int32Array.from(labels));

function expected(x: Grid): Grid {
  const classes = x.shape[1];
  return grid([x.shape[0]], (i) => {
    if (labels[i] === -1) return 0;
    const row = Array.from({ length: classes }, (_, j) => x.at(i, j));
    const top = Math.max(...row);
    return top + Math.log(row.reduce((t, v) => t + Math.exp(v - top), 0)) - row[labels[i]];
  });
}

describe("crossEntropyRows", () => {
  it.each(
    opChecks([
      {
        name: "rows, one ignored",
        call: (x) => crossEntropyRows(x, labelTensor, -1),
        inputs: [randomGrid([4, 5])],
        expected,
      },
      {
        name: "no rows",
        call: (x) => crossEntropyRows(x, tensor(new Int32Array(0))),
        inputs: [gridOf([], [0, 5])],
        expected: () => gridOf([]),
      },
      {
        name: "extreme scores",
        call: (x) => crossEntropyRows(x, labelTensor, -1),
        inputs: [randomGrid([4, 5], { low: -1e4, high: 1e4 })],
        expected,
        order: 0,
      },
    ]),
  )("$name", ({ run }) => run());

  it("names a label that is no class", () => {
    expect(() => crossEntropyRows(zeros([1, 5]), tensor(Int32Array.of(5)))).toThrow(RangeError);
    expect(() => crossEntropyRows(zeros([1, 5]), tensor(Int32Array.of(-1)))).toThrow(RangeError);
  });
});
