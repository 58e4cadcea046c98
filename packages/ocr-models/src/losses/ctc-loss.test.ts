import { ctcLoss, mean, type Variable } from "@retort/autograd";
import {
  check,
  ctcBatches,
  ctcByAlignments,
  ctcMatchesAlignments,
  ignoresPadding,
  meanOver,
  relabelInvariant,
  valueMatches,
} from "@retort/autograd/testing";
import { tensor } from "@retort/tensor";
import { expect, test } from "vitest";
import { labelLossLaws } from "../testing/index.js";
import { ctcBatchLoss } from "./ctc-loss.js";

const [steps, classes] = [4, 4];
const inputs = ctcBatches({ steps, classes });

const plain = (x: Variable, labels: Variable, lengths: Variable): Variable =>
  ctcBatchLoss(x, { labels: labels.value, lengths: lengths.value });
const focal = (x: Variable, labels: Variable, lengths: Variable): Variable =>
  ctcBatchLoss(x, { labels: labels.value, lengths: lengths.value }, { focal: true });

test.each([
  ["plain", plain],
  ["focal", focal],
])("laws of the %s loss", (_name, loss) => {
  const ofLabels = [relabelInvariant({ labels: 1, from: 1 }), ignoresPadding({ labels: 1, lengths: 2 })];
  check(loss, { inputs, laws: [...labelLossLaws, ...ofLabels, meanOver(0)] });
});

test("one sample's loss is minus the logarithm of the summed probability of its alignments", () => {
  check(plain, { inputs, laws: [ctcMatchesAlignments("mean")] });
  const focused = valueMatches((x, labels, lengths) => {
    const each = ctcByAlignments(x, labels, lengths).values.map((loss) => loss * (1 - Math.exp(-loss)) ** 2);
    return each.reduce((a, b) => a + b) / each.length;
  });
  check(focal, { inputs, laws: [focused] });
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
