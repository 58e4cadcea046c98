import { Variable } from "@retort/autograd";
import { Random, type Tensor, tensor } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  check,
  divergenceLaws,
  gradientsSumToZero,
  integers,
  logits,
  pairOf,
  relabelInvariant,
  shiftInvariant,
  temperedBy,
} from "../testing/index.js";
import { type DkdOptions, dkdLoss } from "./dkd.js";
import { klDivLoss } from "./kldiv.js";

const classes = 5;

/** Two outputs and a target for each position. */
const inputs = pairOf(logits({ classes })).chain(([a, b]) =>
  fc.tuple(fc.constant(a), fc.constant(b), integers({ shape: a.shape.slice(0, 2), low: 0, high: classes - 1 })),
);

const variants: DkdOptions[] = [{}, { beta: 2 }, { alpha: 0 }, { beta: 0 }, { temperature: 2, alpha: 0.5, beta: 1.5 }];

test.each(variants)("laws with %o", (options) => {
  const loss =
    (changed: DkdOptions = {}) =>
    (a: Variable, b: Variable, targets: Variable): Variable =>
      dkdLoss(a, b, targets.value, { ...options, ...changed });
  const ofSoftmax = [shiftInvariant, gradientsSumToZero, relabelInvariant({ labels: 2 })];
  check(loss(), { inputs, laws: [...divergenceLaws, ...ofSoftmax], runs: 20 });
  check(loss({ temperature: 3 }), { inputs, laws: [temperedBy(3, loss({ temperature: 1 }))] });
});

const softmaxed = (row: readonly number[]): number[] => {
  const exps = row.map(Math.exp);
  return exps.map((e) => e / exps.reduce((a, b) => a + b));
};
const divergence = (p: readonly number[], q: readonly number[]): number =>
  q.reduce((total, share, c) => total + share * Math.log(share / p[c]), 0);

/** One position by the paper: the target against the rest, and the rest among themselves, from softmaxed rows. */
function byHand(student: number[], teacher: number[], target: number, options: Required<DkdOptions>): number {
  const [p, q] = [student, teacher].map((row) => softmaxed(row.map((x) => x / options.temperature)));
  const two = (row: readonly number[]): number[] => [row[target], 1 - row[target]];
  const rest = (row: readonly number[]): number[] =>
    row.filter((_, c) => c !== target).map((x) => x / (1 - row[target]));
  const loss = options.alpha * divergence(two(p), two(q)) + options.beta * divergence(rest(p), rest(q));
  return loss * options.temperature ** 2;
}

test("the value by the paper", () => {
  const random = new Random(5);
  const targets = [3, 0, 4, 1];
  const rows = targets.map(() => [0, 1].map(() => Array.from({ length: classes }, () => 2 * random.normal())));
  const [student, teacher] = [0, 1].map(
    (side) =>
      new Variable(
        tensor(
          rows.flatMap((pair) => pair[side]),
          [2, 2, classes],
          "float64",
        ),
      ),
  );
  const options = { temperature: 3, alpha: 0.7, beta: 4 };
  const each = rows.map(([a, b], i) => byHand(a, b, targets[i], options));
  const found = dkdLoss(student, teacher, tensor(Int32Array.from(targets), [2, 2]), options).item();
  expect(found).toBeCloseTo(each.reduce((a, b) => a + b) / 4, 10);
});

test("the specification's golden number", () => {
  const [a, b] = [(i: number) => i / 10, Math.cos].map(
    (f) =>
      new Variable(
        tensor(
          Float32Array.from({ length: 12 }, (_, i) => f(i)),
          [2, 2, 3],
        ),
      ),
  );
  const found = dkdLoss(a, b, tensor(Int32Array.of(1, 2, 0, 2), [2, 2]), { beta: 2 }).item();
  expect(found).toBeCloseTo(0.2521943152, 6);
});

test("with the rest weighed by the teacher's chance of it, both parts together are the divergence itself", () => {
  fc.assert(
    fc.property(inputs, ([a, b, targets]: [Tensor, Tensor, Tensor]) => {
      const one = (x: Tensor): Variable => new Variable(tensor(x.dataSync().slice(0, classes), [1, 1, classes]));
      const [student, teacher] = [one(a), one(b)];
      const target = targets.dataSync()[0];
      const rest = 1 - softmaxed(Array.from(teacher.value.dataSync()))[target];
      const found = dkdLoss(student, teacher, tensor(Int32Array.of(target), [1, 1]), { beta: rest }).item();
      expect(Math.abs(found - klDivLoss(student, teacher).item())).toBeLessThan(1e-4);
    }),
    { seed: 1 },
  );
});

test("a target outside of the classes is refused", () => {
  const x = new Variable(tensor(new Float32Array(classes), [1, 1, classes]));
  expect(() => dkdLoss(x, x, tensor(Int32Array.of(classes), [1, 1]))).toThrow(RangeError);
});
