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

const directed: DmlOptions[] = [
  { act: "softmax", useLog: true, direction: "forward" },
  { act: "softmax", useLog: true, direction: "reverse", temperature: 2 },
  { act: "softmax", useLog: false, direction: "forward", temperature: 0.5 },
];

test.each(directed)("laws of one direction with %o", (options) => {
  const loss = (a: Variable, b: Variable): Variable => dmlLoss(a, b, options);
  const oneSided = [nonNegative, zeroAtEquality, batchOrderInvariant, viewEqualsCopy, finiteAtExtremes];
  check(loss, { inputs: scores, laws: oneSided, runs: 20 });
  check(loss, { inputs: scores, laws: [gradientMatches], runs: 5 });
});

const withoutDirection: DmlOptions[] = [...withLogits, { useLog: true }, { useLog: false }];

test.each(withoutDirection)("both directions are half of their sum with %o", (options) => {
  const values = [0.2, 0.5, 0.3, 0.6, 0.3, 0.1, 0.9, 0.05, 0.05, 0.4, 0.4, 0.2];
  const [a, b] = [0, 6].map((from) => new Variable(tensor(values.slice(from, from + 6), [2, 3], "float64")));
  const of = (direction: DmlOptions["direction"]): number => dmlLoss(a, b, { ...options, direction }).item();
  expect(of("both")).toBeCloseTo((of("forward") + of("reverse")) / 2, 12);
  expect(of("reverse")).toBeCloseTo(dmlLoss(b, a, { ...options, direction: "forward" }).item(), 12);
  expect(Math.abs(of("forward") - of("reverse"))).toBeGreaterThan(1e-3);
});

test("forward is the divergence of the second from the first, in full", () => {
  const logs = (probabilities: number[]): Variable =>
    new Variable(tensor(probabilities.map(Math.log), [1, 3], "float64"));
  const [first, second] = [logs([0.5, 0.25, 0.25]), logs([0.125, 0.125, 0.75])];
  const wanted = 0.125 * Math.log(0.25) + 0.125 * Math.log(0.5) + 0.75 * Math.log(3);
  const options = { act: "softmax", useLog: true, direction: "forward" } as const;
  expect(dmlLoss(first, second, options).item()).toBeCloseTo(wanted, 12);
});

test.each(withLogits)("a temperature divides the logits and its square multiplies the loss, with %o", (options) => {
  const [a, b] = [Math.sin, Math.cos].map((f) => Array.from({ length: 12 }, (_, i) => 3 * f(i)));
  const of = (values: number[]): Variable => new Variable(tensor(values, [2, 2, 3], "float64"));
  const hot = dmlLoss(of(a), of(b), { ...options, temperature: 4 }).item();
  const cooled = dmlLoss(of(a.map((x) => x / 4)), of(b.map((x) => x / 4)), options).item();
  expect(hot).toBeCloseTo(16 * cooled, 10);
});

test("a temperature without logits is refused", () => {
  const x = new Variable(tensor([0.5, 0.5], [1, 2]));
  expect(() => dmlLoss(x, x, { useLog: true, temperature: 2 })).toThrow(RangeError);
});
