import { backward, sum, Variable } from "@retort/autograd";
import { check, gradientMatches } from "@retort/autograd/testing";
import { Random, type Tensor, tensor } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { classes, divergenceLaws, scores } from "../../testing/divergences.js";
import { klDivLoss } from "./kldiv.js";

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

test("laws", () => {
  const loss = (a: Variable, b: Variable): Variable => klDivLoss(a, b);
  check(loss, { inputs: scores, laws: divergenceLaws });
  check(loss, { inputs: scores, laws: [gradientMatches], runs: 5 });
});

test("laws with a mask", () => {
  const loss = (a: Variable, b: Variable, mask: Variable): Variable => klDivLoss(a, b, mask.value);
  check(loss, { inputs: masked, laws: divergenceLaws });
  check(loss, { inputs: masked, laws: [gradientMatches], runs: 5 });
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

test("no gradient reaches positions that do not count, and gradients add up to 0 over the classes", () => {
  fc.assert(
    fc.property(masked, ([a, b, mask]: [Tensor, Tensor, Tensor]) => {
      const sides = [a, b].map((x) => new Variable(x, { requiresGrad: true }));
      const gradients = backward(klDivLoss(sides[0], sides[1], mask));
      const counts = mask.dataSync();
      for (const side of sides) {
        const gradient = gradients.get(side) as Variable;
        const values = gradient.value.dataSync();
        for (const [i, value] of values.entries()) if (counts[Math.floor(i / classes)] === 0) expect(value + 0).toBe(0);
        for (const total of sum(gradient, { axes: -1 }).value.dataSync()) expect(Math.abs(total)).toBeLessThan(1e-5);
      }
    }),
    { seed: 1 },
  );
});

test("a mask of another shape is refused", () => {
  expect(() => klDivLoss(student, teacher, tensor(new Int32Array(4), [4]))).toThrow("[2, 3]");
});
