import { cast, tensor } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkMaskedLoss, maskedMaps } from "../../testing/masked-maps.js";
import { diceLoss } from "./dice-loss.js";

test("laws", () => checkMaskedLoss(diceLoss));

test("one minus twice what is shared, divided by both together, where the mask counts", () => {
  fc.assert(
    fc.property(maskedMaps(false), ([p, g, m]) => {
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
