import { describe, expect, it } from "vitest";
import type { DType } from "../dtype.js";
import { differences, dot, expectClose, numbers, strided } from "../testing/numbers.js";
import { layerNorm, layerNormGrad } from "./layer-norm.js";

const epsilon = 1e-5;

function bruteForce(values: ArrayLike<number>, n: number, gamma: ArrayLike<number>, beta: ArrayLike<number>): number[] {
  const all = Array.from(values);
  return all.map((x, i) => {
    const row = all.slice(i - (i % n), i - (i % n) + n);
    const mean = row.reduce((a, b) => a + b, 0) / n;
    const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
    return ((x - mean) / Math.sqrt(variance + epsilon)) * gamma[i % n] + beta[i % n];
  });
}

describe.each([[[2, 3, 5]], [[4, 33]], [[7]], [[0, 4]]])("layerNorm of %j", (shape) => {
  const n = shape[shape.length - 1];
  const [x, gamma, beta, grad] = [numbers(shape, 1), numbers([n], 2), numbers([n], 3), numbers(shape, 4)];

  it.each([
    ["float64", 1e-12],
    ["float32", 2e-6],
  ] as [DType, number][])("follows the definition in %s", (dtype, tolerance) => {
    const [x2, gamma2, beta2] = [numbers(shape, 1, dtype), numbers([n], 2, dtype), numbers([n], 3, dtype)];
    const { output, mean } = layerNorm(strided(x2), gamma2, beta2, epsilon);
    expectClose(output, bruteForce(x2.dataSync(), n, gamma2.dataSync(), beta2.dataSync()), tolerance);
    expect(mean.shape).toEqual(shape.slice(0, -1));
  });

  it("has the gradients of finite differences", () => {
    const { mean, inverseStd } = layerNorm(x, gamma, beta, epsilon);
    const grads = layerNormGrad(strided(grad), x, mean, inverseStd, gamma);
    expectClose(
      grads.x,
      differences((v) => dot(layerNorm(v, gamma, beta, epsilon).output, grad), x),
      1e-6,
    );
    expectClose(
      grads.gamma,
      differences((v) => dot(layerNorm(x, v, beta, epsilon).output, grad), gamma),
      1e-8,
    );
    expectClose(
      grads.beta,
      differences((v) => dot(layerNorm(x, gamma, v, epsilon).output, grad), beta),
      1e-8,
    );
  });
});

it("refuses shapes that do not fit", () => {
  const gamma = numbers([3], 1);
  expect(() => layerNorm(numbers([2, 4], 1), gamma, gamma, epsilon)).toThrow(/shape \[4\], found gamma float64 \[3\]/);
  expect(() => layerNorm(numbers([2, 0], 1), numbers([0], 1), numbers([0], 1), epsilon)).toThrow(/at least 1/);
});
