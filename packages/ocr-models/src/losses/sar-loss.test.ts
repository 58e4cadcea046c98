import { backward, Variable } from "@retort/autograd";
import { check, relabelInvariant } from "@retort/autograd/testing";
import { Random, type Tensor, tensor } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { labelLossLaws, sarBatches } from "../testing/index.js";
import { sarBatchLoss } from "./sar-loss.js";

const [classes, steps, ignored] = [5, 4, 5];
const loss = (x: Variable, labels: Variable): Variable => sarBatchLoss(x, labels.value, ignored);
const inputs = sarBatches({ classes, steps });

test("laws", () => check(loss, { inputs, laws: [...labelLossLaws, relabelInvariant({ labels: 1 })] }));

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

test("the gradient is 0 at the last step", () => {
  fc.assert(
    fc.property(inputs, ([x, labels]: Tensor[]) => {
      const input = new Variable(x, { requiresGrad: true });
      const gradient = backward(sarBatchLoss(input, labels, ignored)).get(input) as Variable;
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
