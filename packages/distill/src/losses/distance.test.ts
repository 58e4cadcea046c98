import type { Variable } from "@retort/autograd";
import { tensor } from "@retort/tensor";
import { expect, test } from "vitest";
import {
  batchOrderInvariant,
  batchRepeatInvariant,
  check,
  gradientMatches,
  homogeneous,
  nonNegative,
  pairOf,
  positiveApart,
  shapes,
  symmetric,
  tensors,
  viewEqualsCopy,
  zeroAtEquality,
} from "../testing/index.js";
import { type DistanceMode, distanceLoss } from "./distance.js";

const modes: DistanceMode[] = ["l1", "l2", "smooth_l1"];
const features = pairOf(tensors({ shape: shapes({ rank: [1, 4], length: [1, 4] }) }));

test.each(modes)("laws of %s", (mode) => {
  const loss = (a: Variable, b: Variable): Variable => distanceLoss(a, b, mode);
  check(loss, {
    inputs: features,
    laws: [
      nonNegative,
      symmetric,
      zeroAtEquality,
      positiveApart,
      batchOrderInvariant,
      batchRepeatInvariant,
      viewEqualsCopy,
    ],
  });
});

test("the gradient of the squared distance agrees with finite differences", () => {
  check((a, b) => distanceLoss(a, b, "l2"), { inputs: features, laws: [gradientMatches] });
});

test.each([
  ["l1", 1],
  ["l2", 2],
] as const)("%s grows with power %i of its inputs", (mode, power) => {
  check((a, b) => distanceLoss(a, b, mode), { inputs: features, laws: [homogeneous(power)] });
});

test.each([
  ["l1", (0.5 + 2 + 0) / 3],
  ["l2", (0.25 + 4 + 0) / 3],
  ["smooth_l1", (0.125 + 1.5 + 0) / 3],
] as const)("%s of three differences", (mode, wanted) => {
  const [a, b] = [tensor([1, 3, -1]), tensor([0.5, 1, -1])];
  expect(distanceLoss(a, b, mode).item()).toBeCloseTo(wanted, 6);
});
