import { ShapeError, zeros } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { type Grid, grid, gridOf, type OpSample, opChecks, randomGrid } from "../testing/index.js";
import { layerNorm } from "./layer-norm.js";

const epsilon = 1e-3;

function normalized(x: Grid, gamma: Grid, beta: Grid): Grid {
  const n = gamma.values.length;
  return gridOf(
    x.values.map((value, i) => {
      const row = Array.from(x.values.subarray(i - (i % n), i - (i % n) + n));
      const mean = row.reduce((a, b) => a + b, 0) / n;
      const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
      return (gamma.at(i % n) * (value - mean)) / Math.sqrt(variance + epsilon) + beta.at(i % n);
    }),
    x.shape,
  );
}

const inputs = (shape: number[]): Grid[] => [
  shape.includes(0) ? gridOf([], shape) : randomGrid(shape),
  randomGrid([4], { seed: 2 }),
  randomGrid([4], { seed: 3 }),
];
const call: OpSample["call"] = (x, gamma, beta) => layerNorm(x, gamma, beta, epsilon);
const constant = [grid([2, 4], () => 3), ...inputs([2, 4]).slice(1)];

describe("layerNorm", () => {
  it.each(
    opChecks([
      { name: "sequences", call, inputs: inputs([2, 3, 4]), expected: normalized },
      { name: "one row", call, inputs: inputs([4]), expected: normalized },
      { name: "nothing", call, inputs: inputs([0, 4]), expected: normalized },
      { name: "a row of one value", call, inputs: constant, expected: normalized, tolerance: 1e-4 },
    ]),
  )("$name", ({ run }) => run());

  it("names a scale of another length", () => {
    expect(() => layerNorm(zeros([2, 4]), zeros([3]), zeros([4]), epsilon)).toThrow(ShapeError);
  });
});
