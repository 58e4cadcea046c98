import { describe, expect, it } from "vitest";
import { misaligned, secondThread, simdSets, withKernels } from "../../testing/kernels.js";
import { expectClose, numbers } from "../../testing/numbers.js";
import { outputs } from "../../testing/outputs.js";
import { plainLayerNorm, plainLayerNormGrad } from "./plain.js";
import { simdLayerNorm, simdLayerNormGrad } from "./simd.js";

const random = (shape: number[], seed: number) => misaligned(numbers(shape, seed, "float32"));

function forward([rows, n]: number[], kernel: typeof plainLayerNorm): number[][] {
  const inputs = { input: random([rows, n], 1), gamma: random([n], 2), beta: random([n], 3), epsilon: 1e-3 };
  return outputs([[rows, n], [rows], [rows]], (output, mean, inverseStd) =>
    kernel({ ...inputs, output, mean, inverseStd }),
  );
}

function backward([rows, n]: number[], kernel: typeof plainLayerNormGrad): number[][] {
  const inputs = { grad: random([rows, n], 1), input: random([rows, n], 2), gamma: random([n], 3) };
  const saved = { mean: random([rows], 4), inverseStd: random([rows], 5) };
  return outputs([[rows, n], [n], [n]], (inputGrad, gammaGrad, betaGrad) =>
    kernel({ ...inputs, ...saved, inputGrad, gammaGrad, betaGrad }),
  );
}

const cases = [...Array.from({ length: 33 }, (_, i) => [1 + 13 * (i % 11), i + 1]), [0, 5]];

describe.each(simdSets)("layer norm, %s", (set) => {
  it("gives what the plain twin gives, and its gradients", () => {
    for (const shape of cases) {
      const found = withKernels(set, 1, () => [
        ...forward(shape, simdLayerNorm),
        ...backward(shape, simdLayerNormGrad),
      ]);
      [...forward(shape, plainLayerNorm), ...backward(shape, plainLayerNormGrad)].forEach((expected, i) => {
        expectClose(found[i], expected, 3e-6);
      });
    }
  });

  it("does not depend on the number of threads", async () => {
    await secondThread();
    const run = () => [...forward([1000, 120], simdLayerNorm), ...backward([1000, 120], simdLayerNormGrad)];
    expect(withKernels(set, 2, run)).toEqual(withKernels(set, 1, run));
  });
});
