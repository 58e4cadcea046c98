import { Variable } from "@retort/autograd";
import { tensor } from "@retort/tensor";
import { expect, test } from "vitest";
import {
  batchOrderInvariant,
  batchRepeatInvariant,
  check,
  divergenceLaws,
  finiteBetween,
  gradientMatches,
  gradientsSumToZero,
  halfOfBoth,
  type Loss,
  logits,
  meanOver,
  nonNegative,
  oppositeOf,
  pairOf,
  probabilityMaps,
  shiftInvariant,
  symmetric,
  temperedBy,
  viewEqualsCopy,
  zeroAtEquality,
} from "../testing/index.js";
import { type DmlOptions, dmlLoss, dmlRows } from "./dml.js";

const scores = pairOf(logits({ classes: 5 }));
const loss =
  (options: DmlOptions): Loss =>
  (a, b) =>
    dmlLoss(a, b, options);
const withLogits: DmlOptions[] = [
  { act: "softmax", useLog: true },
  { act: "sigmoid", useLog: true },
  { act: "softmax", useLog: false },
  { act: "sigmoid", useLog: false },
];
/** A softmax does not see what all logits of a step share. */
const ofAct = ({ act }: DmlOptions) => (act === "softmax" ? [shiftInvariant, gradientsSumToZero] : []);

test.each(withLogits)("laws of logits with %o", (options) => {
  const laws = [...divergenceLaws, ...ofAct(options), symmetric, meanOver(0)];
  check(loss(options), { inputs: scores, laws, runs: 20 });
});

test.each([true, false])("laws of probabilities, useLog %s", (useLog) => {
  const inside = pairOf(probabilityMaps({ open: true }));
  const laws = [nonNegative, symmetric, zeroAtEquality, batchOrderInvariant, batchRepeatInvariant, viewEqualsCopy];
  check(loss({ useLog }), { inputs: inside, laws: [...laws, gradientMatches] });
  if (!useLog) check(loss({ useLog }), { inputs: pairOf(probabilityMaps()), laws: [finiteBetween(0, 1)] });
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
  check(loss(options), { inputs: scores, laws: [...divergenceLaws, ...ofAct(options)], runs: 20 });
});

const withoutDirection: DmlOptions[] = [...withLogits, { useLog: true }, { useLog: false }];

test.each(withoutDirection)("both directions are half of their sum with %o", (options) => {
  const inputs = options.act === undefined ? pairOf(probabilityMaps({ open: true })) : scores;
  const [both, forward, reverse] = (["both", "forward", "reverse"] as const).map((direction) =>
    loss({ ...options, direction }),
  );
  check(both, { inputs, laws: [halfOfBoth(forward)] });
  check(reverse, { inputs, laws: [oppositeOf(forward)] });
  expect(() => check(forward, { inputs, laws: [symmetric] })).toThrow("breaks the law symmetric");
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
  check(loss({ ...options, temperature: 4 }), { inputs: scores, laws: [temperedBy(4, loss(options))] });
});

test("a temperature without logits is refused", () => {
  const x = new Variable(tensor([0.5, 0.5], [1, 2]));
  expect(() => dmlLoss(x, x, { useLog: true, temperature: 2 })).toThrow(RangeError);
});
