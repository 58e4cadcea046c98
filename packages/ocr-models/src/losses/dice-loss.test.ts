import type { Variable } from "@retort/autograd";
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
import { cast, type Tensor, tensor } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { diceLoss } from "./dice-loss.js";

const loss = (p: Variable, g: Variable, m: Variable): Variable =>
  diceLoss(p, cast(g.value, p.dtype), cast(m.value, p.dtype));

const masked = (open: boolean): fc.Arbitrary<Tensor[]> =>
  probabilityMaps().shapes.chain((shape) =>
    fc.tuple(probabilityMaps({ open }).ofShape(shape), binaryMaps().ofShape(shape), binaryMaps().ofShape(shape)),
  );

test("laws", () => {
  check(loss, { inputs: masked(false), laws: [nonNegative, batchOrderInvariant, viewEqualsCopy, finiteBetween(0, 1)] });
  check(loss, { inputs: masked(true), laws: [gradientMatches], runs: 10 });
});

test("one minus twice what is shared, divided by both together, where the mask counts", () => {
  fc.assert(
    fc.property(masked(false), ([p, g, m]) => {
      let [shared, all] = [0, 1e-6];
      p.dataSync().forEach((value: number, i: number) => {
        const [target, mask] = [g, m].map((x) => x.dataSync()[i]);
        shared += value * target * mask;
        all += value * mask + target * mask;
      });
      const [pp, gg, mm] = [p, g, m].map((x) => cast(x, "float64"));
      expect(diceLoss(pp, gg, mm).item()).toBeCloseTo(1 - (2 * shared) / all, 12);
    }),
    { seed: 1 },
  );
});

test("it is 0 for the target itself, 1 for its opposite and where nothing is", () => {
  const target = tensor([1, 0, 1, 0]);
  const mask = tensor([1, 1, 1, 1]);
  expect(diceLoss(target, target, mask).item()).toBeCloseTo(0, 6);
  expect(diceLoss(tensor([0, 1, 0, 1]), target, mask).item()).toBe(1);
  expect(diceLoss(target, target, tensor([0, 0, 0, 0])).item()).toBe(1);
});
