import { type Variable, variable } from "@retort/autograd";
import { Random, slice, type Tensor, tensor } from "@retort/tensor";
import { expect, test } from "vitest";
import {
  check,
  divergenceLaws,
  gradientsSumToZero,
  logits,
  pairOf,
  shiftInvariant,
  symmetric,
} from "../testing/index.js";
import { dmlLoss } from "./dml.js";
import { nrtrDmlLoss } from "./nrtr-dml.js";

const [steps, classes] = [3, 5];
/** A mask that every sample shares: its last position does not count. */
const maskOf = (batch: number): Tensor =>
  tensor(
    Int32Array.from({ length: batch * steps }, (_, i) => (i % steps === steps - 1 ? 0 : 4)),
    [batch, steps],
  );

test("laws", () => {
  const loss = (a: Variable, b: Variable): Variable => nrtrDmlLoss(a, b, maskOf(a.shape[0]));
  const inputs = pairOf(logits({ classes, lead: [2, steps] }));
  check(loss, { inputs, laws: [...divergenceLaws, symmetric, shiftInvariant, gradientsSumToZero] });
});

test("is what mutual learning makes of the positions that count, as a mean over them", () => {
  const random = new Random(8);
  const [a, b] = [0, 1].map(() =>
    tensor(
      Array.from({ length: 2 * steps * classes }, () => random.normal()),
      [2, steps, classes],
      "float64",
    ),
  );
  // dmlLoss divides by the batch of 2; here 4 positions count.
  const counted = [a, b].map((x) => variable(slice(x, 1, 0, steps - 1)));
  const wanted = (2 * dmlLoss(counted[0], counted[1], { act: "softmax", useLog: true }).item()) / 4;
  expect(nrtrDmlLoss(variable(a), variable(b), maskOf(2)).item()).toBeCloseTo(wanted, 12);
});
