import { describe, expect, it } from "vitest";
import { clipped, hardSwish, swish } from "../../expr/library.js";
import { misaligned, secondThread, simdSets, withKernels } from "../../testing/kernels.js";
import { expectClose, numbers } from "../../testing/numbers.js";
import { outputs } from "../../testing/outputs.js";
import type { Activation } from "./call.js";
import { plainBatchNorm, plainBatchNormGrad, plainBatchNormInference } from "./plain.js";
import { simdBatchNorm, simdBatchNormGrad, simdBatchNormInference } from "./simd.js";

const epsilon = 1e-3;
const activations: [string, Activation | undefined][] = [
  ["nothing", undefined],
  ["hard swish", { expression: hardSwish, parameters: [] }],
  ["swish", { expression: swish, parameters: [] }],
  ["a clip with parameters", { expression: clipped, parameters: [-0.5, 0.75] }],
];

function inputsOf(shape: number[]) {
  const channels = [shape[1]];
  const [input, grad] = [misaligned(numbers(shape, 1, "float32")), misaligned(numbers(shape, 2, "float32"))];
  const [gamma, beta, mean] = [3, 4, 5].map((seed) => numbers(channels, seed, "float32"));
  return { input, grad, gamma, beta, mean, channels };
}

const shapes = [
  ...Array.from({ length: 34 }, (_, n) => [2, 3, n]),
  [1, 2, 3000],
  [3, 5, 1030],
  [2, 37, 5],
  [3, 70, 33],
  [0, 2, 4],
].filter((s) => s[0] * s[2] > 0);

describe.each(simdSets)("batch norm, %s", (set) => {
  describe.each(activations)("with %s", (_, activation) => {
    it("gives what the plain twin gives", () => {
      for (const shape of shapes) {
        const { input, gamma, beta, channels } = inputsOf(shape);
        const run = (kernel: typeof plainBatchNorm) =>
          outputs([shape, channels, channels, channels], (output, mean, variance, inverseStd) =>
            kernel({ input, gamma, beta, epsilon, output, mean, variance, inverseStd, activation }),
          );
        const found = withKernels(set, 1, () => run(simdBatchNorm));
        run(plainBatchNorm).forEach((expected, i) => {
          expectClose(found[i], expected, 3e-6);
        });
      }
    });

    it("has the gradients of the plain twin", () => {
      for (const shape of shapes) {
        const { input, grad, gamma, beta, mean, channels } = inputsOf(shape);
        const inverseStd = misaligned(gamma);
        const withBeta = activation && { ...activation, beta };
        const run = (kernel: typeof plainBatchNormGrad) =>
          outputs([shape, channels, channels], (inputGrad, gammaGrad, betaGrad) =>
            kernel({ grad, input, mean, inverseStd, gamma, activation: withBeta, inputGrad, gammaGrad, betaGrad }),
          );
        const found = withKernels(set, 1, () => run(simdBatchNormGrad));
        run(plainBatchNormGrad).forEach((expected, i) => {
          expectClose(found[i], expected, 3e-6);
        });
      }
    });

    it("applies given statistics as the plain twin does", () => {
      for (const shape of shapes) {
        const { input, gamma, beta, mean } = inputsOf(shape);
        const variance = gamma;
        const call = { input, gamma, beta, mean, variance, epsilon: 1.5, activation };
        const [found] = withKernels(set, 1, () =>
          outputs([shape], (output) => simdBatchNormInference({ ...call, output })),
        );
        const [expected] = outputs([shape], (output) => plainBatchNormInference({ ...call, output }));
        expectClose(found, expected, 3e-6);
      }
    });
  });

  it("does not depend on the number of threads", async () => {
    await secondThread();
    const shape = [4, 16, 2000];
    const { input, gamma, beta, channels } = inputsOf(shape);
    const run = () =>
      outputs([shape, channels, channels, channels], (output, mean, variance, inverseStd) =>
        simdBatchNorm({ input, gamma, beta, epsilon, output, mean, variance, inverseStd }),
      );
    expect(withKernels(set, 2, run)).toEqual(withKernels(set, 1, run));
  });
});
