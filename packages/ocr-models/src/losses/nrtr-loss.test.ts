import { backward, Variable } from "@retort/autograd";
import { check, relabelInvariant } from "@retort/autograd/testing";
import { Random, type Tensor, tensor } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { labelLossLaws, nrtrBatches } from "../testing/index.js";
import { type NrtrLossOptions, nrtrBatchLoss } from "./nrtr-loss.js";

const [classes, steps] = [6, 4];
const inputs = nrtrBatches({ classes, steps });
const variants: NrtrLossOptions[] = [
  {},
  { smoothing: false },
  { smoothing: false, countPadding: true },
  { countPadding: true },
];

test.each(variants)("laws with %o", (options) => {
  const loss = (x: Variable, labels: Variable): Variable => nrtrBatchLoss(x, labels.value, options);
  check(loss, { inputs, laws: [...labelLossLaws, relabelInvariant({ labels: 1, from: 4 })] });
});

const labels = [
  [2, 5, 4, 3, 0],
  [2, 4, 3, 0, 0],
];
const labelTensor = tensor(Int32Array.from(labels.flat()), [2, steps + 1]);
const random = new Random(2);
const scores = Array.from({ length: 2 * steps * classes }, () => random.normal());

/** The loss by the textbook: minus the sum of each class's share of the label times its log-probability. */
function byHand({ smoothing = true, countPadding = false }: NrtrLossOptions): number {
  const each = labels.flatMap((row, b) =>
    row.slice(1).flatMap((label, step) => {
      if (label === 0 && !countPadding) return [];
      const from = (b * steps + step) * classes;
      const exps = scores.slice(from, from + classes).map(Math.exp);
      const logs = exps.map((value) => Math.log(value / exps.reduce((p, q) => p + q)));
      const share = (c: number): number => {
        if (!smoothing) return c === label ? 1 : 0;
        return c === label ? 0.9 : 0.1 / (classes - 1);
      };
      return [-logs.reduce((total, log, c) => total + share(c) * log, 0)];
    }),
  );
  return each.reduce((p, q) => p + q) / each.length;
}

test.each(variants)("the value by the textbook with %o", (options) => {
  const x = tensor(scores, [2, steps, classes], "float64");
  expect(nrtrBatchLoss(x, labelTensor, options).item()).toBeCloseTo(byHand(options), 12);
});

test("labels may reach further than the logits do", () => {
  const x = tensor(scores, [2, steps, classes], "float64");
  const longer = tensor(Int32Array.from(labels.flatMap((row) => [...row, 0, 0])), [2, steps + 3]);
  expect(nrtrBatchLoss(x, longer).item()).toBe(nrtrBatchLoss(x, labelTensor).item());
});

test("the gradient is 0 at padding that does not count", () => {
  fc.assert(
    fc.property(inputs, ([x, wanted]: Tensor[]) => {
      const input = new Variable(x, { requiresGrad: true });
      const gradient = backward(nrtrBatchLoss(input, wanted)).get(input) as Variable;
      const [values, label] = [gradient.value.dataSync(), wanted.dataSync()];
      const atPadding = values.filter((_: number, i: number) => {
        const row = Math.floor(i / classes);
        return label[Math.floor(row / steps) * (steps + 1) + (row % steps) + 1] === 0;
      });
      expect(atPadding.every((value: number) => value === 0)).toBe(true);
    }),
    { seed: 1 },
  );
});

test("labels that do not fit are refused", () => {
  const x = tensor(new Float32Array(steps * classes), [1, steps, classes]);
  expect(() => nrtrBatchLoss(x, tensor(Int32Array.of(2, 6, 3, 0, 0), [1, steps + 1]))).toThrow(RangeError);
  expect(() => nrtrBatchLoss(x, tensor(Int32Array.of(2, 4, 3), [1, 3]))).toThrow("leaves axis 1");
});
