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
import { cast, type Tensor } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { maskedL1Loss } from "./masked-l1-loss.js";

const loss = (p: Variable, g: Variable, m: Variable): Variable =>
  maskedL1Loss(p, cast(g.value, p.dtype), cast(m.value, p.dtype));

const masked = (open: boolean): fc.Arbitrary<Tensor[]> =>
  probabilityMaps().shapes.chain((shape) =>
    fc.tuple(probabilityMaps({ open }).ofShape(shape), binaryMaps().ofShape(shape), binaryMaps().ofShape(shape)),
  );

test("laws", () => {
  check(loss, { inputs: masked(false), laws: [nonNegative, batchOrderInvariant, viewEqualsCopy, finiteBetween(0, 1)] });
  check(loss, { inputs: masked(true), laws: [gradientMatches], runs: 10 });
});

test("the mean distance where the mask counts, 0 where it counts nowhere", () => {
  fc.assert(
    fc.property(masked(false), ([p, g, m]) => {
      let [distance, count] = [0, 1e-6];
      p.dataSync().forEach((value: number, i: number) => {
        const [target, mask] = [g, m].map((x) => x.dataSync()[i]);
        distance += Math.abs(value - target) * mask;
        count += mask;
      });
      const [pp, gg, mm] = [p, g, m].map((x) => cast(x, "float64"));
      expect(maskedL1Loss(pp, gg, mm).item()).toBeCloseTo(distance / count, 12);
    }),
    { seed: 1 },
  );
});
