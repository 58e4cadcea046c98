import { check, gradientMatches, ignoresMasked, valueMatches } from "@retort/autograd/testing";
import { tensor } from "@retort/tensor";
import { expect, test } from "vitest";
import { againstMaps, mapLossLaws, maskedMaps } from "../testing/index.js";
import { diceLoss } from "./dice-loss.js";

const loss = againstMaps((p, g, m) => diceLoss(p, g, m));

test("laws", () => {
  check(loss, { inputs: maskedMaps(), laws: [...mapLossLaws, ignoresMasked({ mask: 2, of: [0, 1] })] });
  check(loss, { inputs: maskedMaps({ open: true }), laws: [gradientMatches] });
});

test("one minus twice what is shared, divided by both together, where the mask counts", () => {
  const byLoops = valueMatches((p, g, m) => {
    let [shared, all] = [0, 1e-6];
    for (const [i, mask] of m.values.entries()) {
      shared += p.values[i] * g.values[i] * mask;
      all += p.values[i] * mask + g.values[i] * mask;
    }
    return 1 - (2 * shared) / all;
  }, 5e-13);
  check(loss, { inputs: maskedMaps(), laws: [byLoops] });
});

test("it is 0 for the target itself, 1 for its opposite and where nothing is", () => {
  const target = tensor([1, 0, 1, 0]);
  const mask = tensor([1, 1, 1, 1]);
  expect(diceLoss(target, target, mask).item()).toBeCloseTo(0, 6);
  expect(diceLoss(tensor([0, 1, 0, 1]), target, mask).item()).toBe(1);
  expect(diceLoss(target, target, tensor([0, 0, 0, 0])).item()).toBe(1);
});
