import { add, Variable } from "@retort/autograd";
import {
  batchOrderInvariant,
  binaryMaps,
  check,
  finiteBetween,
  gradientMatches,
  nonNegative,
  probabilityMaps,
  viewEqualsCopy,
} from "@retort/autograd/testing";
import { cast, slice, type Tensor, tensor } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { balancedLoss } from "./balanced-loss.js";
import { type DbTarget, dbLosses, dbMap } from "./db-loss.js";
import { diceLoss } from "./dice-loss.js";
import { maskedL1Loss } from "./masked-l1-loss.js";

const [height, width] = [3, 4];

function targetOf(labels: readonly Tensor[], dtype: Tensor["dtype"]): DbTarget {
  const [thresholdMap, thresholdMask, shrinkMap, shrinkMask] = labels.map((x) => cast(x, dtype));
  return { thresholdMap, thresholdMask, shrinkMap, shrinkMask };
}

const loss = (maps: Variable, ...labels: Variable[]): Variable => {
  const { shrink, threshold, binary } = dbLosses(
    maps,
    targetOf(
      labels.map((x) => x.value),
      maps.dtype,
    ),
  );
  return add(add(shrink, threshold), binary);
};

const batches = (open: boolean): fc.Arbitrary<Tensor[]> =>
  fc.integer({ min: 1, max: 2 }).chain((batch) => {
    const label = binaryMaps().ofShape([batch, height, width]);
    return fc.tuple(probabilityMaps({ open }).ofShape([batch, 3, height, width]), label, label, label, label);
  });

test("laws", () => {
  check(loss, {
    inputs: batches(false),
    laws: [nonNegative, batchOrderInvariant, viewEqualsCopy, finiteBetween(0, 1)],
  });
  check(loss, { inputs: batches(true), laws: [gradientMatches], runs: 10 });
});

test("each map has its loss, its targets and its weight", () => {
  fc.assert(
    fc.property(batches(false), ([maps, ...labels]) => {
      const target = targetOf(labels, "float64");
      const { thresholdMap, thresholdMask, shrinkMap, shrinkMask } = target;
      const all = cast(maps, "float64");
      const [shrink, threshold, binary] = [0, 1, 2].map((channel) =>
        tensor(slice(all, 1, channel, channel + 1).dataSync(), shrinkMap.shape),
      );
      const weights = { alpha: 2, beta: 7, negativeRatio: 1, epsilon: 1e-3, mainLoss: "BCELoss" } as const;
      const found = dbLosses(all, target, weights);
      const balanced = balancedLoss(shrink, shrinkMap, shrinkMask, weights);
      expect(found.shrink.item()).toBeCloseTo(2 * balanced.item(), 10);
      expect(found.threshold.item()).toBeCloseTo(
        7 * maskedL1Loss(threshold, thresholdMap, thresholdMask, 1e-3).item(),
        10,
      );
      expect(found.binary.item()).toBeCloseTo(diceLoss(binary, shrinkMap, shrinkMask, 1e-3).item(), 10);
    }),
    { seed: 1, numRuns: 20 },
  );
});

test("both spellings of the shrink map mean the first channel", () => {
  const maps = new Variable(
    tensor(
      Float32Array.from({ length: 12 }, (_, i) => i),
      [2, 3, 1, 2],
    ),
  );
  const values = (name: Parameters<typeof dbMap>[1]): number[] => [...dbMap(maps, name).value.dataSync()];
  expect(values("shrink_maps")).toEqual([0, 1, 6, 7]);
  expect(values("thrink_maps")).toEqual([0, 1, 6, 7]);
  expect(values("threshold_maps")).toEqual([2, 3, 8, 9]);
  expect(values("binary_maps")).toEqual([4, 5, 10, 11]);
  expect(dbMap(maps, "binary_maps").shape).toEqual([2, 1, 2]);
});

test("maps of evaluation, of which there is one, are refused", () => {
  expect(() => dbMap(new Variable(tensor([1, 2], [2, 1, 1, 1])), "binary_maps")).toThrow(
    "binary_maps is one of three maps [B, 3, H, W], found [2, 1, 1, 1]",
  );
});
