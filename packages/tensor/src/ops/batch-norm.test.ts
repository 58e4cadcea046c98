import { describe, expect, it } from "vitest";
import type { DType } from "../dtype.js";
import { ShapeError } from "../errors.js";
import { differences, dot, expectClose, numbers, strided } from "../testing/numbers.js";
import { batchNorm, batchNormGrad, batchNormInference } from "./batch-norm.js";
import { tensor } from "./create.js";

const epsilon = 1e-3;

/** Normalized values and statistics in float64, straight from the definition. */
function bruteForce(values: ArrayLike<number>, shape: number[], gamma: ArrayLike<number>, beta: ArrayLike<number>) {
  const inner = shape.slice(2).reduce((a, b) => a * b, 1);
  const channelOf = (i: number) => Math.floor(i / inner) % shape[1];
  const all = Array.from(values);
  const groups = Array.from({ length: shape[1] }, (_, c) => all.filter((_, i) => channelOf(i) === c));
  const mean = groups.map((group) => group.reduce((a, b) => a + b, 0) / group.length);
  const variance = groups.map((group, c) => group.reduce((a, b) => a + (b - mean[c]) ** 2, 0) / group.length);
  const output = all.map((x, i) => {
    const c = channelOf(i);
    return ((x - mean[c]) / Math.sqrt(variance[c] + epsilon)) * gamma[c] + beta[c];
  });
  return { mean, variance, output };
}

describe.each([[[2, 3, 4, 5]], [[3, 2]], [[1, 4, 7]], [[2, 1, 1, 33]]])("batchNorm of %j", (shape) => {
  const channels = [shape[1]];
  const [x, gamma, beta, grad] = [numbers(shape, 1), numbers(channels, 2), numbers(channels, 3), numbers(shape, 4)];

  it.each([
    ["float64", 1e-12],
    ["float32", 2e-6],
  ] as [DType, number][])("follows the definition in %s", (dtype, tolerance) => {
    const [x2, gamma2, beta2] = [numbers(shape, 1, dtype), numbers(channels, 2, dtype), numbers(channels, 3, dtype)];
    const expected = bruteForce(x2.dataSync(), shape, gamma2.dataSync(), beta2.dataSync());
    const { output, mean, variance, inverseStd } = batchNorm(strided(x2), gamma2, beta2, epsilon);
    expectClose(output, expected.output, tolerance);
    expectClose(mean, expected.mean, tolerance);
    expectClose(variance, expected.variance, tolerance);
    expectClose(
      inverseStd,
      expected.variance.map((v) => 1 / Math.sqrt(v + epsilon)),
      tolerance,
    );
    expectClose(
      batchNormInference(strided(x2), gamma2, beta2, mean, variance, epsilon),
      expected.output,
      2 * tolerance,
    );
  });

  it("has the gradients of finite differences", () => {
    const { mean, inverseStd } = batchNorm(x, gamma, beta, epsilon);
    const grads = batchNormGrad(strided(grad), x, mean, inverseStd, gamma);
    expectClose(
      grads.x,
      differences((v) => dot(batchNorm(v, gamma, beta, epsilon).output, grad), x),
      1e-6,
    );
    expectClose(
      grads.gamma,
      differences((v) => dot(batchNorm(x, v, beta, epsilon).output, grad), gamma),
      1e-8,
    );
    expectClose(
      grads.beta,
      differences((v) => dot(batchNorm(x, gamma, v, epsilon).output, grad), beta),
      1e-8,
    );
  });
});

describe("batchNorm", () => {
  it("keeps the variance of values far from 0", () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => 1e4 + (i % 2));
    const one = tensor([1]);
    const { variance } = batchNorm(tensor(values, [10, 1, 100]), one, one, 1e-5);
    expectClose(variance, [0.25], 1e-4);
  });

  it("refuses shapes that do not fit and means over nothing", () => {
    const gamma = numbers([3], 1);
    expect(() => batchNorm(numbers([2, 2, 4], 1), gamma, gamma, epsilon)).toThrow(
      /shape \[2\], found gamma float64 \[3\]/,
    );
    expect(() => batchNorm(numbers([0, 3, 4], 1), gamma, gamma, epsilon)).toThrow(ShapeError);
    expect(() => batchNorm(numbers([3], 1), gamma, gamma, epsilon)).toThrow(/\[N, C, \.\.\.\]/);
  });
});
