import { add, Variable } from "@retort/autograd";
import { check, gradientMatches } from "@retort/autograd/testing";
import { cast, slice, tensor } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { dbBatches, dbTargetOf, mapLossLaws } from "../testing/index.js";
import { balancedLoss } from "./balanced-loss.js";
import { dbLosses, dbMap } from "./db-loss.js";
import { diceLoss } from "./dice-loss.js";
import { maskedL1Loss } from "./masked-l1-loss.js";

const loss = (maps: Variable, ...labels: Variable[]): Variable => {
  const target = dbTargetOf(
    labels.map((x) => x.value),
    maps.dtype,
  );
  const { shrink, threshold, binary } = dbLosses(maps, target);
  return add(add(shrink, threshold), binary);
};

test("laws", () => {
  check(loss, { inputs: dbBatches(), laws: mapLossLaws });
  check(loss, { inputs: dbBatches({ open: true }), laws: [gradientMatches] });
});

test("each map has its loss, its targets and its weight", () => {
  fc.assert(
    fc.property(dbBatches(), ([maps, ...labels]) => {
      const target = dbTargetOf(labels, "float64");
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
