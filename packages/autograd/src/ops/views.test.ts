import { ShapeError, tensor } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { grid, gridOf, type OpSample, opChecks, randomGrid } from "../testing/index.js";
import { mul } from "./arithmetic.js";
import { broadcastTo, expandDims, pad, permute, reshape, slice, split, squeeze, stack, transpose } from "./views.js";

const x = randomGrid([2, 3, 4]);

const samples: OpSample[] = [
  { name: "reshape", call: (a) => reshape(a, [4, -1]), inputs: [x], expected: (a) => gridOf(a.values, [4, 6]) },
  {
    name: "reshape of nothing",
    call: (a) => reshape(a, [0]),
    inputs: [gridOf([], [2, 0])],
    expected: () => gridOf([]),
  },
  {
    name: "permute",
    call: (a) => permute(a, [2, 0, -2]),
    inputs: [x],
    expected: (a) => grid([4, 2, 3], (i, j, k) => a.at(j, k, i)),
  },
  {
    name: "permute reversed",
    call: (a) => permute(a),
    inputs: [x],
    expected: (a) => grid([4, 3, 2], (i, j, k) => a.at(k, j, i)),
  },
  {
    name: "transpose",
    call: (a) => transpose(a),
    inputs: [x],
    expected: (a) => grid([2, 4, 3], (i, j, k) => a.at(i, k, j)),
  },
  {
    name: "transpose of two axes",
    call: (a) => transpose(a, 0, 2),
    inputs: [x],
    expected: (a) => grid([4, 3, 2], (i, j, k) => a.at(k, j, i)),
  },
  {
    name: "broadcastTo",
    call: (a) => broadcastTo(a, [2, 3, 4]),
    inputs: [randomGrid([3, 1])],
    expected: (a) => grid([2, 3, 4], (_, j) => a.at(j, 0)),
  },
  {
    name: "broadcastTo from a scalar",
    call: (a) => broadcastTo(a, [2]),
    inputs: [gridOf([3], [])],
    expected: () => gridOf([3, 3]),
  },
  {
    name: "slice",
    call: (a) => slice(a, 1, 1, 3),
    inputs: [x],
    expected: (a) => grid([2, 2, 4], (i, j, k) => a.at(i, j + 1, k)),
  },
  {
    name: "slice from the end",
    call: (a) => slice(a, -1, -3, -1),
    inputs: [x],
    expected: (a) => grid([2, 3, 2], (i, j, k) => a.at(i, j, k + 1)),
  },
  { name: "slice of nothing", call: (a) => slice(a, 0, 1, 1), inputs: [x], expected: () => gridOf([], [0, 3, 4]) },
  {
    name: "split, one part",
    call: (a) => split(a, 1, [1, 2])[1],
    inputs: [x],
    expected: (a) => grid([2, 2, 4], (i, j, k) => a.at(i, j + 1, k)),
  },
  {
    name: "split, all parts",
    call: (a) => {
      const [first, rest] = split(a, -1, [1, 3]);
      return mul(first, rest);
    },
    inputs: [x],
    expected: (a) => grid([2, 3, 3], (i, j, k) => a.at(i, j, 0) * a.at(i, j, k + 1)),
  },
  {
    name: "pad",
    call: (a) => pad(a, 1, 1, 2),
    inputs: [x],
    expected: (a) => grid([2, 6, 4], (i, j, k) => (j >= 1 && j < 4 ? a.at(i, j - 1, k) : 0)),
  },
  { name: "expandDims", call: (a) => expandDims(a, -1), inputs: [x], expected: (a) => gridOf(a.values, [2, 3, 4, 1]) },
  {
    name: "squeeze",
    call: (a) => squeeze(a, 1),
    inputs: [randomGrid([2, 1, 3])],
    expected: (a) => gridOf(a.values, [2, 3]),
  },
  {
    name: "stack",
    call: (a, b) => stack([a, b], 1),
    inputs: [randomGrid([2, 3]), randomGrid([2, 3], { seed: 2 })],
    expected: (a, b) => grid([2, 2, 3], (i, which, j) => [a, b][which].at(i, j)),
  },
];

describe("views", () => {
  it.each(opChecks(samples))("$name", ({ run }) => run());

  it.each([
    ["reshape", () => reshape(tensor([1, 2, 3]), [2, -1])],
    ["permute", () => permute(tensor([1, 2, 3]), [0, 0])],
    ["transpose", () => transpose(tensor([1, 2, 3]))],
    ["broadcastTo", () => broadcastTo(tensor([1, 2, 3]), [2])],
    ["slice", () => slice(tensor([1, 2, 3]), 0, 2, 5)],
    ["split", () => split(tensor([1, 2, 3]), 0, [1, 1])],
    ["pad", () => pad(tensor([1, 2, 3]), 0, -1, 0)],
    ["expandDims", () => expandDims(tensor([1, 2, 3]), 3)],
    ["squeeze", () => squeeze(tensor([1, 2, 3]), 0)],
    ["stack", () => stack([tensor([1, 2, 3]), tensor([1])])],
  ])("%s refuses what does not fit", (_, call) => {
    expect(call).toThrow(ShapeError);
  });
});
