import { backward, ctcLoss, mean, sum, Variable } from "@retort/autograd";
import {
  batchOrderInvariant,
  check,
  finiteAtExtremes,
  gradientMatches,
  labelSequences,
  logits,
  nonNegative,
  viewEqualsCopy,
} from "@retort/autograd/testing";
import { Random, type Tensor, tensor } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ctcBatchLoss } from "./ctc-loss.js";

const classes = 4;
const steps = 4;

const batches = fc
  .integer({ min: 1, max: 3 })
  .chain((batch) =>
    fc.tuple(logits({ classes, lead: [batch, steps] }), labelSequences({ batch, classes, maxLength: 3 })),
  )
  .map(([x, [labels, lengths]]) => [x, labels, lengths]);

const plain = (x: Variable, labels: Variable, lengths: Variable): Variable =>
  ctcBatchLoss(x, { labels: labels.value, lengths: lengths.value });
const focal = (x: Variable, labels: Variable, lengths: Variable): Variable =>
  ctcBatchLoss(x, { labels: labels.value, lengths: lengths.value }, { focal: true });

test.each([
  ["plain", plain],
  ["focal", focal],
])("laws of the %s loss", (_name, loss) => {
  const laws = [nonNegative, batchOrderInvariant, finiteAtExtremes, viewEqualsCopy];
  check(loss, { inputs: batches, laws });
  check(loss, { inputs: batches, laws: [gradientMatches], runs: 5 });
});

/** The reading of a path: repetitions once, then no blanks. */
const readingOf = (path: readonly number[]): string => path.filter((c, t) => c !== 0 && c !== path[t - 1]).join();

test("one sample's loss is minus the logarithm of the summed probability of its alignments", () => {
  const random = new Random(5);
  const scores = Array.from({ length: steps * classes }, () => 2 * random.normal());
  for (const label of [[], [1], [2, 1], [3, 3], [1, 2, 3]]) {
    const probabilities = Array.from({ length: steps }, (_, t) => {
      const row = scores.slice(t * classes, (t + 1) * classes).map(Math.exp);
      return row.map((value) => value / row.reduce((a, b) => a + b));
    });
    let total = 0;
    for (let code = 0; code < classes ** steps; code++) {
      const path = Array.from({ length: steps }, (_, t) => Math.floor(code / classes ** t) % classes);
      if (readingOf(path) === label.join()) total += path.reduce((p, c, t) => p * probabilities[t][c], 1);
    }
    const padded = Int32Array.from({ length: 3 }, (_, i) => label[i] ?? 0);
    const target = { labels: tensor(padded, [1, 3]), lengths: tensor(Int32Array.of(label.length)) };
    const x = tensor(scores, [1, steps, classes], "float64");
    expect(ctcBatchLoss(x, target).item()).toBeCloseTo(-Math.log(total), 10);
    const focused = -Math.log(total) * (1 - total) ** 2;
    expect(ctcBatchLoss(x, target, { focal: true }).item()).toBeCloseTo(focused, 10);
  }
});

test("gradients add up to 0 over the classes of each step", () => {
  fc.assert(
    fc.property(batches, ([x, labels, lengths]: Tensor[]) => {
      const input = new Variable(x, { requiresGrad: true });
      const gradient = backward(ctcBatchLoss(input, { labels, lengths })).get(input) as Variable;
      for (const total of sum(gradient, { axes: -1 }).value.dataSync()) expect(Math.abs(total)).toBeLessThan(1e-6);
    }),
    { seed: 1 },
  );
});

test("the mean is over samples, not over labels", () => {
  const x = tensor(
    Float32Array.from({ length: 2 * steps * classes }, (_, i) => Math.sin(i)),
    [2, steps, classes],
  );
  const target = { labels: tensor(Int32Array.of(1, 2, 3, 0), [2, 2]), lengths: tensor(Int32Array.of(2, 1)) };
  const each = ctcLoss(x, target.labels, target.lengths);
  expect(ctcBatchLoss(x, target).item()).toBeCloseTo(mean(each).item(), 6);
});
