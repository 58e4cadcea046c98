import { expression, isContiguous, tensor } from "@retort/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { abs, div, exp, mul, sub } from "../ops/arithmetic.js";
import { crossEntropyRows } from "../ops/cross-entropy.js";
import { ctcLoss } from "../ops/ctc.js";
import { elementwise } from "../ops/elementwise.js";
import { logSoftmax } from "../ops/softmax.js";
import { mean, sum } from "../ops/sum.js";
import type { Variable } from "../variable.js";
import {
  allEdges,
  batchOrderInvariant,
  check,
  finiteAtExtremes,
  finiteBetween,
  gradientMatches,
  type Law,
  type Loss,
  labelSequences,
  logits,
  meanOver,
  nonNegative,
  pairOf,
  probabilityMaps,
  shapes,
  stridedTensors,
  symmetric,
  tensors,
  viewEqualsCopy,
  zeroAtEquality,
} from "./index.js";

const scores = pairOf(logits({ classes: 4 }));

/** Kullback-Leibler divergence of the second distribution from the first, mean over all rows. */
const divergence: Loss = (x, y) => {
  const [p, q] = [logSoftmax(x), logSoftmax(y)];
  return mean(sum(mul(exp(p), sub(p, q)), { axes: -1 }));
};
const mutual: Loss = (x, y) => mul(sub(divergence(x, y), mul(divergence(y, x), -1)), 0.5);

describe("check", () => {
  it("passes the divergence, which is not symmetric, and its symmetric mean", () => {
    const laws = [gradientMatches, nonNegative, zeroAtEquality, batchOrderInvariant, finiteAtExtremes, viewEqualsCopy];
    check(divergence, { inputs: scores, laws });
    check(mutual, { inputs: scores, laws: [...laws, symmetric] });
    expect(() => check(divergence, { inputs: scores, laws: [symmetric] })).toThrow("breaks the law symmetric");
  });

  it("passes a loss for each sample, with integer inputs", () => {
    const inputs = fc
      .tuple(logits({ classes: 4 }).ofShape([2, 5, 4]), labelSequences({ batch: 2, classes: 4, maxLength: 2 }))
      .map(([x, [labels, lengths]]) => [x, labels, lengths]);
    const loss: Loss = (x, labels, lengths) => ctcLoss(x, labels.value, lengths.value);
    check(loss, {
      inputs,
      laws: [gradientMatches, nonNegative, batchOrderInvariant, viewEqualsCopy, finiteAtExtremes],
    });
  });

  it("passes a loss on probability maps", () => {
    const dice: Loss = (x, y) => sub(1, div(mul(sum(mul(x, y)), 2), sub(sum(x), sub(mul(sum(y), -1), 1e-6))));
    check(dice, {
      inputs: pairOf(probabilityMaps()),
      laws: [symmetric, finiteBetween(0, 1), batchOrderInvariant, viewEqualsCopy],
    });
    check(dice, { inputs: pairOf(probabilityMaps({ open: true })), laws: [gradientMatches, nonNegative] });
  });

  const negative: Loss = (x) => mean(sub(1, abs(x)));
  const pairs = tensors({ shape: [1, 2] }).map((x) => [x]);

  it("shows the smallest input that it found, and how to find it again", () => {
    expect(() => check(negative, { inputs: pairs, laws: [nonNegative] })).toThrow(
      [
        "the loss breaks the law nonNegative: the loss is -0.5",
        "with the inputs",
        "  float32 [1, 2] [[0, 3]]",
        'found on try 1, and again with { laws: [nonNegative], seed: 1, path: "0:0:1:0:0:0:0:0:0:0:0:0:1:0" }',
      ].join("\n"),
    );
  });

  it("goes straight to a failure by its seed and path", () => {
    let calls = 0;
    const law: Law = { ...nonNegative, holds: (loss, inputs) => [calls++, nonNegative.holds(loss, inputs)] };
    const again = (path?: string) => check(negative, { inputs: pairs, laws: [law], seed: 4, path });
    const message = String(messageOf(again));
    const path = message.match(/path: "(.*)"/)?.[1];
    calls = 0;
    expect(messageOf(() => again(path))).toBe(message);
    expect(calls).toBeLessThan(10);
  });

  it("runs a law as often as it is told, or as the law asks for", () => {
    let calls = 0;
    const law: Law = { name: "counts", holds: () => void calls++ };
    check((x) => x, { inputs: pairs, laws: [law, { ...law, runs: 7 }] });
    expect(calls).toBe(57);
    check((x) => x, { inputs: pairs, laws: [law, { ...law, runs: 7 }], runs: 3 });
    expect(calls).toBe(63);
  });

  it("says which inputs a law is about", () => {
    expect(() => check((x) => x, { inputs: pairs, laws: [symmetric] })).toThrow(
      "it is about two first inputs of one shape",
    );
    const shapes = fc.tuple(tensors({ shape: [2, 1] }), tensors({ shape: [3, 1] }));
    expect(() => check((x) => x, { inputs: shapes, laws: [meanOver(0)] })).toThrow("do not share axis 0");
  });

  it("draws the same inputs each time", () => {
    const seen: string[][] = [[], []];
    for (const list of seen) {
      const law: Law = { name: "looks", holds: (_, [x]) => void list.push(String(x)) };
      check((x) => x, { inputs: scores, laws: [law] });
    }
    expect(seen[0]).toEqual(seen[1]);
    expect(new Set(seen[0]).size).toBeGreaterThan(20);
  });
});

function messageOf(fails: () => void): string {
  try {
    fails();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("it did not fail");
}

describe("arbitraries", () => {
  it("draw what they promise", () => {
    fc.assert(
      fc.property(
        shapes({ rank: [1, 2], length: [2, 3] }),
        (s) => s.length >= 1 && s.length <= 2 && s.every((n) => n === 2 || n === 3),
      ),
    );
    fc.assert(fc.property(logits({ classes: 7, lead: [2, 3] }), (x) => String(x.shape) === "2,3,7"));
    fc.assert(
      fc.property(
        probabilityMaps(),
        (x) => x.rank === 4 && x.shape[1] === 1 && x.dataSync().every((v: number) => v >= 0 && v <= 1),
      ),
    );
    fc.assert(
      fc.property(labelSequences({ batch: 3, classes: 5, maxLength: 4, minLength: 1 }), ([labels, lengths]) => {
        const [rows, counts] = [labels.dataSync(), lengths.dataSync()];
        return rows.every((label: number, i: number) =>
          i % 4 < counts[Math.floor(i / 4)] ? label >= 1 && label < 5 : label === 0,
        );
      }),
    );
    fc.assert(fc.property(pairOf(tensors()), ([x, y]) => String(x.shape) === String(y.shape)));
  });

  it("draw views that read like tensors, and special numbers", () => {
    const strides = fc
      .sample(stridedTensors({ shape: [2, 3] }), { numRuns: 5, seed: 1 })
      .map((x) => isContiguous(x.shape, x.strides));
    expect(strides).not.toContain(true);
    const drawn = fc
      .sample(tensors({ shape: [50], edges: allEdges }), { numRuns: 5, seed: 1 })
      .flatMap((x) => [...x.dataSync()]);
    for (const edge of [Number.NaN, Infinity, -Infinity, 2 ** -149, -0])
      expect(drawn.some((v) => Object.is(v, edge))).toBe(true);
  });
});

describe("losses of this package", () => {
  it("cross-entropy of rows", () => {
    const inputs = fc.tuple(logits({ classes: 5 }).ofShape([3, 5]), fc.constant(tensor(Int32Array.of(4, -1, 0))));
    const loss: Loss = (x, labels) => crossEntropyRows(x, labels.value, -1);
    check(loss, {
      inputs,
      laws: [gradientMatches, nonNegative, batchOrderInvariant, viewEqualsCopy, finiteAtExtremes],
    });
  });

  it("an expression of one's own", () => {
    const pinball = expression(({ x, y }) => x.sub(y).mul(x.sub(y)));
    const loss = (x: Variable, y: Variable): Variable => elementwise(pinball, [x, y]);
    check(loss, {
      inputs: pairOf(tensors()),
      laws: [gradientMatches, nonNegative, zeroAtEquality, symmetric, viewEqualsCopy],
    });
  });
});
