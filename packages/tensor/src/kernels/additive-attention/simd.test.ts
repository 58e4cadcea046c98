import { describe, expect, it } from "vitest";
import { tensor } from "../../ops/create.js";
import { misaligned, secondThread, simdSets, withKernels } from "../../testing/kernels.js";
import { expectClose, numbers } from "../../testing/numbers.js";
import { outputs } from "../../testing/outputs.js";
import { plainAdditiveAttention, plainAdditiveAttentionGrad } from "./plain.js";
import { simdAdditiveAttention, simdAdditiveAttentionGrad } from "./simd.js";

const random = (shape: number[], seed: number) => misaligned(numbers(shape, seed, "float32"));

function forward([B, T, D, P]: number[], width: number, kernel: typeof plainAdditiveAttention): number[] {
  const inputs = {
    query: random([B, T, D], 1),
    key: random([B, D, P], 2),
    score: random([D], 3),
    scoreBias: random([1], 4),
  };
  const validWidth = tensor(Int32Array.from({ length: B }, (_, b) => 1 + (b % width)));
  return outputs([[B, T, P]], (output) => kernel({ ...inputs, validWidth, width, output }))[0];
}

function backward([B, T, D, P]: number[], kernel: typeof plainAdditiveAttentionGrad): number[][] {
  const inputs = { query: random([B, T, D], 1), key: random([B, D, P], 2), score: random([D], 3) };
  const call = { ...inputs, grad: random([B, T, P], 5), weights: random([B, T, P], 6) };
  return outputs([[B, T, D], [B, D, P], [D], [1]], (queryGrad, keyGrad, scoreGrad, scoreBiasGrad) =>
    kernel({ ...call, queryGrad, keyGrad, scoreGrad, scoreBiasGrad }),
  );
}

const cases = Array.from({ length: 33 }, (_, i) => [1 + (i % 3), 1 + (i % 2), 1 + (i % 9), i + 1]);

describe.each(simdSets)("additive attention, %s", (set) => {
  it("gives what the plain twin gives", () => {
    for (const shape of cases) {
      for (const width of [shape[3], Math.max(1, Math.floor(shape[3] / 2))]) {
        const found = withKernels(set, 1, () => forward(shape, width, simdAdditiveAttention));
        expectClose(found, forward(shape, width, plainAdditiveAttention), 1e-6);
      }
    }
  });

  it("has the gradients of the plain twin", () => {
    for (const shape of cases) {
      const found = withKernels(set, 1, () => backward(shape, simdAdditiveAttentionGrad));
      backward(shape, plainAdditiveAttentionGrad).forEach((expected, i) => {
        expectClose(found[i], expected, 5e-6);
      });
    }
  });

  it("does not depend on the number of threads", async () => {
    await secondThread();
    const shape = [3, 7, 33, 40];
    const run = () => [forward(shape, 40, simdAdditiveAttention), ...backward(shape, simdAdditiveAttentionGrad)];
    expect(withKernels(set, 2, run)).toEqual(withKernels(set, 1, run));
  });
});
