import { expressions, type Tensor, tensor } from "@retort/tensor";
import { expect, it } from "vitest";
import { backward } from "../backward.js";
import { OnceDifferentiableError } from "../errors.js";
import { assertClose, gridOf, inParts, randomGrid, toTensor } from "../testing/index.js";
import { type Variable, variable } from "../variable.js";
import { mul } from "./arithmetic.js";
import { batchNorm } from "./batch-norm.js";
import { concat } from "./concat.js";
import { sharedBatchNorm } from "./shared-batch-norm.js";
import { sum } from "./sum.js";

const epsilon = 1e-3;
const channels = 3;
const swish = { expression: expressions.swish, parameters: [] };

function derivatives(output: Variable, weights: Tensor, leaves: readonly Variable[]): Tensor[] {
  const gradients = backward(sum(mul(output, weights)));
  return leaves.map((leaf) => (gradients.get(leaf) as Variable).value);
}

it.each([undefined, swish])("parts of 1, 2 and 3 samples are the whole batch of 6 (activation %j)", (activation) => {
  const inputs = [1, 2, 3].map((samples, i) => randomGrid([samples, channels, 2, 2], { seed: i }));
  const weights = inputs.map(({ shape }, i) => toTensor(randomGrid(shape, { seed: 10 + i })));
  const parameters = (): [Variable, Variable] => [
    variable(toTensor(randomGrid([channels], { seed: 20 }))),
    variable(toTensor(randomGrid([channels], { seed: 21 }))),
  ];

  const wholes = inputs.map((input) => variable(toTensor(input)));
  const [gamma, beta] = parameters();
  const whole = batchNorm(concat(wholes, 0), gamma, beta, epsilon, activation);
  const statistics = [whole.mean, whole.variance].map((value) => value.dataSync());
  const wanted = derivatives(whole.output, concat(weights, 0).value, [...wholes, gamma, beta]);

  const found = inParts(3, (part, sumOver) => {
    const x = variable(toTensor(inputs[part]));
    const [gamma, beta] = parameters();
    const result = sharedBatchNorm(x, gamma, beta, { epsilon, activation, sum: sumOver });
    const seen = [result.mean, result.variance].map((value) => value.dataSync());
    return { seen, gradients: derivatives(result.output, weights[part], [x, gamma, beta]) };
  });
  for (const [part, { seen, gradients }] of found.entries()) {
    for (const i of [0, 1]) assertClose(tensor(seen[i]), gridOf([...statistics[i]]), 1e-12, "statistics");
    expect(gradients[0].shape).toEqual(wanted[part].shape);
    assertClose(tensor(gradients[0].dataSync()), gridOf([...wanted[part].dataSync()]), 1e-12, "gradient of x");
  }
  for (const i of [1, 2]) {
    const total = Array.from({ length: channels }, (_, c) =>
      found.reduce((all, { gradients }) => all + gradients[i].dataSync()[c], 0),
    );
    assertClose(tensor(Float64Array.from(total)), gridOf([...wanted[2 + i].dataSync()]), 1e-12, "gamma and beta");
  }
});

it("keeps the variance of float32 values far from 0", () => {
  const values = Float32Array.from({ length: 1000 }, (_, i) => 1e4 + (i % 2));
  const one = tensor(Float32Array.of(1));
  const x = tensor(values, [10, 1, 100]);
  const { variance } = sharedBatchNorm(x, one, one, { epsilon: 1e-5, sum: () => {} });
  expect(variance.dataSync()[0]).toBeCloseTo(0.25, 3);
});

it("has no gradient of its gradient", () => {
  const x = variable(toTensor(randomGrid([2, 3])));
  const one = toTensor(randomGrid([3]));
  const { output } = sharedBatchNorm(x, one, one, { epsilon, sum: () => {} });
  expect(() => backward(sum(output), { createGraph: true })).toThrow(OnceDifferentiableError);
});
