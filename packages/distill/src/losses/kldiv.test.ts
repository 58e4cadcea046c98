import { Variable } from "@retort/autograd";
import { Random, tensor } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  check,
  classOrderInvariant,
  divergenceLaws,
  gradientsSumToZero,
  ignoresMasked,
  logits,
  meanOver,
  pairOf,
  positiveApart,
  shiftInvariant,
  sumOver,
} from "../testing/index.js";
import { klDivLoss } from "./kldiv.js";

const classes = 5;
const scores = pairOf(logits({ classes }));

/** Two outputs, and a mask in which every sample's first position counts. */
const masked = scores.chain(([a, b]) => {
  const [batch, steps] = a.shape;
  const row = fc
    .array(fc.integer({ min: 0, max: 2 }), { minLength: steps - 1, maxLength: steps - 1 })
    .map((rest) => [1, ...rest]);
  const mask = fc
    .array(row, { minLength: batch, maxLength: batch })
    .map((rows) => tensor(Int32Array.from(rows.flat()), [batch, steps]));
  return fc.tuple(fc.constant(a), fc.constant(b), mask);
});

const ofSoftmax = [shiftInvariant, classOrderInvariant, gradientsSumToZero];

test("laws", () => {
  const laws = [...divergenceLaws, ...ofSoftmax, positiveApart, meanOver(0), sumOver(1)];
  check((a, b) => klDivLoss(a, b), { inputs: scores, laws });
});

test("laws with a mask", () => {
  const laws = [...divergenceLaws, ...ofSoftmax, ignoresMasked({ mask: 2, of: [0, 1] })];
  check((a, b, mask) => klDivLoss(a, b, mask.value), { inputs: masked, laws });
});

const random = new Random(3);
const row = (): number[] => Array.from({ length: classes }, () => random.normal());
const rows = Array.from({ length: 6 }, () => [row(), row()]);

/** Σ q log(q / p) of softmaxed rows. */
function divergence(student: number[], teacher: number[]): number {
  const [p, q] = [student, teacher].map((x) => {
    const exps = x.map(Math.exp);
    return exps.map((e) => e / exps.reduce((a, b) => a + b));
  });
  return q.reduce((total, share, c) => total + share * Math.log(share / p[c]), 0);
}

const each = rows.map(([student, teacher]) => divergence(student, teacher));
const [student, teacher] = [0, 1].map(
  (side) =>
    new Variable(
      tensor(
        rows.flatMap((pair) => pair[side]),
        [2, 3, classes],
        "float64",
      ),
    ),
);

test("the sum over positions and classes is divided by the batch", () => {
  const wanted = each.reduce((a, b) => a + b) / 2;
  expect(klDivLoss(student, teacher).item()).toBeCloseTo(wanted, 12);
});

test("with a mask the mean is over the positions that count", () => {
  const wanted = (each[0] + each[2] + each[5]) / 3;
  const mask = tensor(Int32Array.of(1, 0, 7, 0, 0, 3), [2, 3]);
  expect(klDivLoss(student, teacher, mask).item()).toBeCloseTo(wanted, 12);
});

test("a mask of another shape is refused", () => {
  expect(() => klDivLoss(student, teacher, tensor(new Int32Array(4), [4]))).toThrow("[2, 3]");
});
