import { describe, expect, it } from "vitest";
import { ShapeError } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { differences, dot, expectClose, numbers, strided } from "../testing/numbers.js";
import { additiveAttention, additiveAttentionGrad } from "./additive-attention.js";
import { tensor } from "./create.js";

const [B, T, D, H, W] = [2, 3, 4, 2, 5];
const P = H * W;
const [query, key, score] = [numbers([B, T, D], 1), numbers([B, D, P], 2), numbers([D], 3)];
const bias = tensor([0.3], [1], "float64");
const valid = tensor(new Int32Array([5, 2]));

function bruteForce(q: Tensor, k: Tensor, s: Tensor, widths: number[]): number[] {
  const [qs, ks, ss] = [q.dataSync(), k.dataSync(), s.dataSync()];
  return widths.flatMap((width, b) =>
    Array.from({ length: T }, (_, t) => {
      const energies = Array.from({ length: P }, (_, p) => {
        if (p % W >= width) return 0;
        let sum = 0;
        for (let d = 0; d < D; d++) sum += ss[d] * Math.tanh(qs[(b * T + t) * D + d] + ks[(b * D + d) * P + p]);
        return Math.exp(sum);
      });
      const total = energies.reduce((a, e) => a + e, 0);
      return energies.map((e) => e / total);
    }).flat(),
  );
}

describe("additiveAttention", () => {
  it("is the softmax over valid columns of the scored tanh", () => {
    const expected = bruteForce(query, key, score, [5, 2]);
    expectClose(additiveAttention(strided(query), strided(key), score, bias, valid, W), expected);
    const [q, k, s] = [numbers([B, T, D], 1, "float32"), numbers([B, D, P], 2, "float32"), numbers([D], 3, "float32")];
    expectClose(additiveAttention(q, k, s, tensor(0.3), valid, W), expected, 1e-6);
    expectClose(additiveAttention(query, key, score, bias, tensor(new Int32Array([9, 2])), W), expected);
  });

  it("has the gradients of finite differences", () => {
    const grad = numbers([B, T, P], 4);
    const weights = additiveAttention(query, key, score, bias, valid, W);
    const grads = additiveAttentionGrad(strided(grad), weights, query, strided(key), score);
    expectClose(
      grads.query,
      differences((v) => dot(additiveAttention(v, key, score, bias, valid, W), grad), query),
      1e-8,
    );
    expectClose(
      grads.key,
      differences((v) => dot(additiveAttention(query, v, score, bias, valid, W), grad), key),
      1e-8,
    );
    expectClose(
      grads.score,
      differences((v) => dot(additiveAttention(query, key, v, bias, valid, W), grad), score),
      1e-8,
    );
    expectClose(grads.scoreBias, [0], 1e-12);
  });

  it("refuses a sample without a valid column and shapes that do not fit", () => {
    const none = tensor(new Int32Array([5, 0]));
    expect(() => additiveAttention(query, key, score, bias, none, W)).toThrow(/validWidth 0 of sample 1/);
    expect(() => additiveAttention(query, numbers([B, D + 1, P], 1), score, bias, valid, W)).toThrow(ShapeError);
    expect(() => additiveAttention(query, key, numbers([D + 1], 1), bias, valid, W)).toThrow(
      /\[4\], found score float64 \[5\]/,
    );
    expect(() => additiveAttention(query, key, score, bias, valid, 0)).toThrow(/width of at least 1/);
  });
});
