import { backward, sum, Variable } from "@retort/autograd";
import {
  batchOrderInvariant,
  check,
  finiteAtExtremes,
  finiteBetween,
  gradientMatches,
  logits,
  nonNegative,
  pairOf,
  probabilityMaps,
  symmetric,
  viewEqualsCopy,
  zeroAtEquality,
} from "@retort/autograd/testing";
import { type Tensor, tensor } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type DmlOptions, dmlLoss, dmlRows } from "./dml.js";

const scores = pairOf(logits({ classes: 5 }));
const laws = [nonNegative, symmetric, zeroAtEquality, batchOrderInvariant, viewEqualsCopy];
const withLogits: DmlOptions[] = [
  { act: "softmax", useLog: true },
  { act: "sigmoid", useLog: true },
  { act: "softmax", useLog: false },
  { act: "sigmoid", useLog: false },
];

test.each(withLogits)("laws of logits with %o", (options) => {
  const loss = (a: Variable, b: Variable): Variable => dmlLoss(a, b, options);
  check(loss, { inputs: scores, laws: [...laws, finiteAtExtremes], runs: 20 });
  check(loss, { inputs: scores, laws: [gradientMatches], runs: 5 });
});

test.each([true, false])("laws of probabilities, useLog %s", (useLog) => {
  const loss = (a: Variable, b: Variable): Variable => dmlLoss(a, b, { useLog });
  const inside = pairOf(probabilityMaps({ open: true }));
  check(loss, { inputs: inside, laws });
  check(loss, { inputs: inside, laws: [gradientMatches], runs: 5 });
  if (!useLog) check(loss, { inputs: pairOf(probabilityMaps()), laws: [finiteBetween(0, 1)] });
});

test("the sum over everything but the batch of half of both divergences", () => {
  const [a, b] = [
    [0.5, -1, 2, 0, 1, 1.5],
    [1, 0.25, -0.5, 2, -2, 0],
  ];
  const softmaxed = (row: number[]): number[] => {
    const exps = row.map(Math.exp);
    return exps.map((e) => e / exps.reduce((x, y) => x + y));
  };
  const divergence = (p: number[], q: number[]): number => p.reduce((total, v, i) => total + v * Math.log(v / q[i]), 0);
  let wanted = 0;
  for (const from of [0, 3]) {
    const [p, q] = [a, b].map((x) => softmaxed(x.slice(from, from + 3)));
    wanted += (divergence(p, q) + divergence(q, p)) / 2;
  }
  const of = (x: number[], shape: number[]): Variable => new Variable(tensor(x, shape, "float64"));
  const options = { act: "softmax", useLog: true } as const;
  expect(dmlLoss(of(a, [1, 2, 3]), of(b, [1, 2, 3]), options).item()).toBeCloseTo(wanted, 12);
  expect(dmlLoss(of(a, [2, 3]), of(b, [2, 3]), options).item()).toBeCloseTo(wanted / 2, 12);
});

test("gradients of logits add up to 0 over the classes, and both sides have one", () => {
  fc.assert(
    fc.property(scores, (pair: readonly Tensor[]) => {
      const [a, b] = pair.map((x) => new Variable(x, { requiresGrad: true }));
      const gradients = backward(dmlLoss(a, b, { act: "softmax", useLog: true }));
      for (const side of [a, b]) {
        const totals = sum(gradients.get(side) as Variable, { axes: -1 }).value.dataSync();
        for (const total of totals) expect(Math.abs(total)).toBeLessThan(1e-5);
      }
    }),
    { seed: 1 },
  );
});

test("without logarithms there is one value a sample, and the loss is their mean", () => {
  const x = tensor(
    Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
    [3, 2, 4],
  );
  const y = tensor(
    Float32Array.from({ length: 24 }, (_, i) => Math.cos(i)),
    [3, 2, 4],
  );
  const [a, b] = [x, y].map((value) => new Variable(value));
  const rows = dmlRows(a, b, { act: "softmax" });
  expect(rows.shape).toEqual([3]);
  const total = Array.from(rows.value.dataSync()).reduce((p, q) => p + q, 0);
  expect(dmlLoss(a, b, { act: "softmax" }).item()).toBeCloseTo(total / 3, 6);
});
