import { backward, sum, Variable } from "@retort/autograd";
import {
  batchOrderInvariant,
  check,
  finiteAtExtremes,
  gradientMatches,
  logits,
  nonNegative,
  viewEqualsCopy,
} from "@retort/autograd/testing";
import { Random, type Tensor, tensor } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sarBatchLoss } from "./sar-loss.js";

const [classes, steps, ignored] = [5, 4, 5];
const loss = (x: Variable, labels: Variable): Variable => sarBatchLoss(x, labels.value, ignored);

/** Logits, and labels of which the first after the start always counts. */
const batches = fc.integer({ min: 1, max: 3 }).chain((batch) => {
  const row = fc
    .tuple(
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 4, maxLength: 4 }),
    )
    .map(([start, length, rest]) => [start, ...rest.slice(0, length), ...new Array<number>(3 - length).fill(ignored)]);
  return fc.tuple(
    logits({ classes, lead: [batch, steps] }),
    fc
      .array(row, { minLength: batch, maxLength: batch })
      .map((rows) => tensor(Int32Array.from(rows.flat()), [batch, steps])),
  );
});

test("laws", () => {
  check(loss, { inputs: batches, laws: [nonNegative, batchOrderInvariant, finiteAtExtremes, viewEqualsCopy] });
  check(loss, { inputs: batches, laws: [gradientMatches], runs: 5 });
});

test("each step but the last answers for the next label; labels to ignore count nowhere", () => {
  const random = new Random(2);
  const scores = Array.from({ length: 2 * steps * classes }, () => random.normal());
  const labels = [
    [3, 1, 2, 3],
    [3, 0, ignored, ignored],
  ];
  const terms = labels.flatMap((row, b) =>
    row.slice(1).flatMap((label, step) => {
      if (label === ignored) return [];
      const from = (b * steps + step) * classes;
      const exps = scores.slice(from, from + classes).map(Math.exp);
      return [-Math.log(exps[label] / exps.reduce((p, q) => p + q))];
    }),
  );
  const x = tensor(scores, [2, steps, classes], "float64");
  const found = sarBatchLoss(x, tensor(Int32Array.from(labels.flat()), [2, steps]), ignored).item();
  expect(found).toBeCloseTo(terms.reduce((p, q) => p + q) / 4, 12);
});

test("gradients add up to 0 over the classes of each step, and are 0 at the last step", () => {
  fc.assert(
    fc.property(batches, ([x, labels]: [Tensor, Tensor]) => {
      const input = new Variable(x, { requiresGrad: true });
      const gradient = backward(sarBatchLoss(input, labels, ignored)).get(input) as Variable;
      for (const total of sum(gradient, { axes: -1 }).value.dataSync()) expect(Math.abs(total)).toBeLessThan(1e-6);
      const values = gradient.value.dataSync();
      const last = values.filter((_: number, i: number) => Math.floor(i / classes) % steps === steps - 1);
      expect(last.every((value: number) => value === 0)).toBe(true);
    }),
    { seed: 1 },
  );
});

test("a label beyond the classes is refused", () => {
  const x = tensor(new Float32Array(steps * classes), [1, steps, classes]);
  expect(() => sarBatchLoss(x, tensor(Int32Array.of(0, 6, 1, 1), [1, steps]), ignored)).toThrow(RangeError);
});
