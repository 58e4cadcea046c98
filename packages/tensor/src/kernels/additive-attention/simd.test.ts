import { describe, expect, it } from "vitest";
import { addressOf } from "../../cpu/buffer.js";
import { parallelFor } from "../../cpu/threads.js";
import { tensor } from "../../ops/create.js";
import { misaligned, secondThread, simdSets, withKernels } from "../../testing/kernels.js";
import { expectClose, numbers } from "../../testing/numbers.js";
import { outputs } from "../../testing/outputs.js";
import { kernel, ptr } from "../../wasm/index.js";
import { plainAdditiveAttention, plainAdditiveAttentionGrad } from "./plain.js";
import { simdAdditiveAttention, simdAdditiveAttentionGrad } from "./simd.js";
import { quickTanh4 } from "./tanh.js";

const random = (shape: number[], seed: number) => misaligned(numbers(shape, seed, "float32"));

/** Numbers from -10 to 10, where tanh reaches 1. */
const wide = (shape: number[], seed: number) =>
  misaligned(
    tensor(
      Array.from(numbers(shape, seed).dataSync(), (value) => 10 * value),
      shape,
    ),
  );

function forward([B, T, D, P]: number[], width: number, kernel: typeof plainAdditiveAttention): number[] {
  const inputs = {
    query: random([B, T, D], 1),
    key: wide([B, D, P], 2),
    score: random([D], 3),
    scoreBias: random([1], 4),
  };
  const validWidth = tensor(Int32Array.from({ length: B }, (_, b) => 1 + (b % width)));
  return outputs([[B, T, P]], (output) => kernel({ ...inputs, validWidth, width, output }))[0];
}

function backward([B, T, D, P]: number[], kernel: typeof plainAdditiveAttentionGrad): number[][] {
  const inputs = { query: random([B, T, D], 1), key: wide([B, D, P], 2), score: random([D], 3) };
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

  it("has a tanh within 4e-7, never beyond 1", () => {
    const apply = kernel("quickTanh", { x: ptr, y: ptr }, (f, { x, y }, { start, end }) => {
      f.forRange(start, end, (i) => f.store(y.at(i.mul(4)), quickTanh4(f, x.at(i.mul(4)).load4())));
    });
    const values = [...Array.from({ length: 4005 }, (_, i) => (i - 2000) / 200), Number.NaN, 1e30, -1e30];
    const x = tensor(values);
    const [y] = outputs([[values.length]], (view) =>
      withKernels(set, 1, () => parallelFor(apply, { x: addressOf(x), y: addressOf(view) }, values.length / 4, 64)),
    );
    for (const [i, value] of y.entries()) {
      const exact = Math.tanh(Math.fround(values[i]));
      if (Number.isNaN(exact)) expect(value).toBeNaN();
      else expect(Math.abs(value - exact)).toBeLessThanOrEqual(4e-7 * Math.abs(exact));
      expect(Math.abs(value) > 1).toBe(false);
    }
  });

  it("does not depend on the number of threads", async () => {
    await secondThread();
    const shape = [3, 7, 33, 40];
    const run = () => [forward(shape, 40, simdAdditiveAttention), ...backward(shape, simdAdditiveAttentionGrad)];
    expect(withKernels(set, 2, run)).toEqual(withKernels(set, 1, run));
  });
});
