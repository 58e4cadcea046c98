import { expressions, ShapeError, tensor, zeros } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { assertClose, type Grid, grid, gridOf, type OpSample, opChecks, randomGrid } from "../testing/index.js";
import { batchNorm } from "./batch-norm.js";

const epsilon = 1e-3;

/** Mean and biased variance of each channel. */
function statistics(x: Grid): { mean: number[]; variance: number[] } {
  const [, channels, ...rest] = x.shape;
  const inner = rest.reduce((a, b) => a * b, 1);
  const of = (c: number): number[] => Array.from(x.values).filter((_, i) => Math.floor(i / inner) % channels === c);
  const average = (list: number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
  const mean = Array.from({ length: channels }, (_, c) => average(of(c)));
  return { mean, variance: mean.map((m, c) => average(of(c).map((value) => (value - m) ** 2))) };
}

function normalized(x: Grid, gamma: Grid, beta: Grid): Grid {
  const { mean, variance } = statistics(x);
  return grid(x.shape, (...index) => {
    const c = index[1];
    return (gamma.at(c) * (x.at(...index) - mean[c])) / Math.sqrt(variance[c] + epsilon) + beta.at(c);
  });
}

const inputs = (shape: number[]): Grid[] => [
  randomGrid(shape),
  randomGrid([shape[1]], { seed: 2 }),
  randomGrid([shape[1]], { seed: 3 }),
];
const call: OpSample["call"] = (x, gamma, beta) => batchNorm(x, gamma, beta, epsilon).output;
const swish = { expression: expressions.swish, parameters: [] };
const callSwish: OpSample["call"] = (x, gamma, beta) => batchNorm(x, gamma, beta, epsilon, swish).output;

function swished(x: Grid, gamma: Grid, beta: Grid): Grid {
  const before = normalized(x, gamma, beta);
  return grid(x.shape, (...index) => before.at(...index) / (1 + Math.exp(-before.at(...index))));
}

describe("batchNorm", () => {
  it.each(
    opChecks([
      { name: "maps", call, inputs: inputs([2, 3, 2, 3]), expected: normalized },
      { name: "vectors", call, inputs: inputs([5, 2]), expected: normalized },
      { name: "with an activation", call: callSwish, inputs: inputs([2, 3, 2, 3]), expected: swished },
      { name: "sequences", call, inputs: inputs([2, 2, 4]), expected: normalized },
    ]),
  )("$name", ({ run }) => run());

  it("hands out the batch's mean and biased variance", () => {
    const x = randomGrid([4, 2, 3]);
    const found = batchNorm(
      tensor(x.values, x.shape),
      tensor(Float64Array.of(1, 1)),
      tensor(Float64Array.of(0, 0)),
      1e-5,
    );
    const { mean, variance } = statistics(x);
    assertClose(found.mean, gridOf(mean), 1e-12, "mean");
    assertClose(found.variance, gridOf(variance), 1e-12, "variance");
  });

  it("refuses a batch without elements, and scales of another length", () => {
    expect(() => batchNorm(zeros([0, 2]), zeros([2]), zeros([2]), epsilon)).toThrow("at least one element a channel");
    expect(() => batchNorm(zeros([3, 2]), zeros([3]), zeros([2]), epsilon)).toThrow(ShapeError);
    expect(() =>
      batchNorm(zeros([3, 2]), zeros([2]), zeros([2]), epsilon, { expression: expressions.add, parameters: [] }),
    ).toThrow("an activation of one input");
  });
});
