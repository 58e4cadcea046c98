import { cast } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkMaskedLoss, maskedMaps } from "../../testing/masked-maps.js";
import { maskedL1Loss } from "./masked-l1-loss.js";

test("laws", () => checkMaskedLoss(maskedL1Loss));

test("the mean distance where the mask counts, 0 where it counts nowhere", () => {
  fc.assert(
    fc.property(maskedMaps(false), ([p, g, m]) => {
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
