import { assign, type Expression, expressions, ones, tensor } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { gradCheck } from "../grad-check.js";
import { noGrad } from "../tape.js";
import { assertClose, grid, gridOf, randomGrid, toTensor } from "../testing/index.js";
import { BatchNorm } from "./batch-norm.js";

const x = randomGrid([2, 3, 2, 2]);

/** Three channels with running statistics and parameters that are no ones and zeros. */
function trained(activation?: Expression): BatchNorm {
  const norm = new BatchNorm(3, { epsilon: 1e-3, bias: 0.25, activation });
  assign(norm.weight.value, tensor([1, -2, 0.5]));
  assign(norm._mean.value, tensor([0.5, -1, 0.25]));
  assign(norm._variance.value, tensor([2, 0.5, 1]));
  return norm.eval();
}

const expected = grid(x.shape, (n, c, h, w) => {
  const [scale, mean, variance] = [[1, -2, 0.5][c], [0.5, -1, 0.25][c], [2, 0.5, 1][c]];
  return (scale * (x.at(n, c, h, w) - mean)) / Math.sqrt(variance + 1e-3) + 0.25;
});

describe("BatchNorm", () => {
  it("uses the running statistics in evaluation, recorded or not", () => {
    const input = toTensor(x, "float32");
    assertClose(trained().forward(input).value, expected, 1e-5, "recorded");
    assertClose(noGrad(() => trained().forward(input)).value, expected, 1e-5, "in noGrad");
  });

  it("applies its activation in evaluation, recorded or not", () => {
    const input = toTensor(x, "float32");
    const positive = grid(x.shape, (...index) => Math.max(0, expected.at(...index)));
    assertClose(trained(expressions.relu).forward(input).value, positive, 1e-5, "recorded");
    assertClose(noGrad(() => trained(expressions.relu).forward(input)).value, positive, 1e-5, "in noGrad");
  });

  it("is scale · x + shift of each channel in evaluation, before the activation", () => {
    const { scale, shift } = trained(expressions.relu).scaleAndShift();
    const [factors, offsets] = [scale.dataSync(), shift.dataSync()];
    const found = grid(x.shape, (n, c, h, w) => factors[c] * x.at(n, c, h, w) + offsets[c]);
    assertClose(toTensor(found, "float32"), expected, 1e-5, "scale · x + shift");
  });

  it("tells both of its parameters what is special about them", () => {
    const { weight, bias } = new BatchNorm(2, { parameters: { l2: 0, learningRateScale: 0.5 } });
    for (const parameter of [weight, bias]) expect(parameter).toMatchObject({ l2: 0, learningRateScale: 0.5 });
  });

  it("has gradients in evaluation", () => {
    const norm = trained();
    gradCheck((input) => norm.forward(input), [toTensor(x)], { order: 2, tolerance: 1e-5 });
  });

  it("moves the running statistics by the biased ones of the batch", () => {
    const norm = new BatchNorm(1, { momentum: 0.75 });
    norm.forward(tensor([1, 2, 3, 6], [4, 1]));
    assertClose(norm._mean.value, gridOf([0.25 * 3]), 1e-6, "mean");
    assertClose(norm._variance.value, gridOf([0.75 + 0.25 * 3.5]), 1e-6, "variance");
    norm.eval().forward(ones([4, 1]));
    assertClose(norm._mean.value, gridOf([0.25 * 3]), 1e-6, "mean after evaluation");
  });
});
