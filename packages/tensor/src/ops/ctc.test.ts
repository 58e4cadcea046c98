import { describe, expect, it } from "vitest";
import { ShapeError } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { differences, dot, expectClose, numbers, strided } from "../testing/numbers.js";
import { tensor } from "./create.js";
import { ctcLoss, ctcLossGrad } from "./ctc.js";

/** Every path of `steps` classes that reads as `labels` after merging repeats and dropping blanks, by trying all. */
function probability(rows: number[][], labels: number[], blank: number): number {
  let total = 0;
  const walk = (step: number, path: number[], product: number): void => {
    if (step < rows.length) {
      rows[step].forEach((p, k) => {
        walk(step + 1, [...path, k], product * p);
      });
      return;
    }
    const read = path.filter((k, i) => k !== blank && k !== path[i - 1]);
    if (read.length === labels.length && read.every((k, i) => k === labels[i])) total += product;
  };
  walk(0, [], 1);
  return total;
}

function softmaxRows(logits: Tensor, b: number): number[][] {
  const [, T, C] = logits.shape;
  const values = Array.from(logits.dataSync()).slice(b * T * C, (b + 1) * T * C);
  return Array.from({ length: T }, (_, t) => {
    const row = values.slice(t * C, (t + 1) * C).map(Math.exp);
    return row.map((e) => e / row.reduce((a, v) => a + v, 0));
  });
}

const sequences = [[1, 2], [3, 3], [2, 2, 1], [], [1, 1, 1], [2]];
const L = 3;
const batch = sequences.length;
const labels = tensor(Int32Array.from(sequences.flatMap((s) => [...s, 0, 0, 0].slice(0, L))), [batch, L]);
const lengths = tensor(Int32Array.from(sequences.map((s) => s.length)));
const logits = numbers([batch, 4, 4], 1);

describe("ctcLoss", () => {
  const expected = sequences.map((s, b) => {
    const p = probability(softmaxRows(logits, b), s, 0);
    return p === 0 ? 0 : -Math.log(p);
  });

  it("is minus the log of the sum over all alignments, and 0 where there is none", () => {
    expect(expected.filter((loss) => loss === 0)).toHaveLength(1);
    expectClose(ctcLoss(strided(logits), strided(labels), lengths, 0).loss, expected, 1e-12);
    expectClose(ctcLoss(numbers([batch, 4, 4], 1, "float32"), labels, lengths, 0).loss, expected, 1e-6);
  });

  it("takes any class as the blank", () => {
    const one = tensor(new Int32Array([0, 2]), [1, 2]);
    const x = numbers([1, 4, 4], 9);
    const { loss } = ctcLoss(x, one, tensor(new Int32Array([2])), 3);
    expectClose(loss, [-Math.log(probability(softmaxRows(x, 0), [0, 2], 3))], 1e-12);
  });

  it("has the gradient of finite differences", () => {
    const grad = numbers([batch], 2);
    const saved = ctcLoss(logits, labels, lengths, 0);
    const result = ctcLossGrad(grad, strided(logits), labels, lengths, 0, saved);
    expectClose(
      result,
      differences((v) => dot(ctcLoss(v, labels, lengths, 0).loss, grad), logits),
      1e-8,
    );
  });

  it("is safe where probabilities underflow", () => {
    const x = tensor(
      Array.from({ length: 600 }, (_, i) => (i % 3 === 0 ? 200 : 0)),
      [1, 200, 3],
    );
    const one = tensor(new Int32Array([1, 2]), [1, 2]);
    const count = tensor(new Int32Array([2]));
    const saved = ctcLoss(x, one, count, 0);
    // 2 of 200 steps leave the blank, at 200 nats each: minus the log of the 19,900 pairs of steps.
    expectClose(saved.loss, [400 - Math.log((200 * 199) / 2)], 1e-5);
    const gradient = Array.from(ctcLossGrad(tensor([1]), x, one, count, 0, saved).dataSync());
    expect(gradient.every(Number.isFinite)).toBe(true);
    expectClose(
      [0, 1, 2].map((k) => gradient.filter((_, i) => i % 3 === k).reduce((a, b) => a + b, 0)),
      [2, -1, -1],
      1e-4,
    );
  });

  it("names a label or a length out of range", () => {
    const count = tensor(new Int32Array([1]));
    const x = numbers([1, 4, 4], 1);
    expect(() => ctcLoss(x, tensor(new Int32Array([4]), [1, 1]), count, 0)).toThrow(
      /label 4 at position 0 of sample 0/,
    );
    expect(() => ctcLoss(x, tensor(new Int32Array([0]), [1, 1]), count, 0)).toThrow(/is the blank 0/);
    expect(() => ctcLoss(x, tensor(new Int32Array([1]), [1, 1]), tensor(new Int32Array([2])), 0)).toThrow(
      /length 2 of sample 0/,
    );
    expect(() => ctcLoss(x, tensor(new Int32Array([1]), [1, 1]), count, 4)).toThrow(ShapeError);
    expect(() => ctcLoss(x, tensor(new Int32Array([1, 1]), [2, 1]), count, 0)).toThrow(/\[1, 4, 4\].*\[2, 1\]/);
  });
});
