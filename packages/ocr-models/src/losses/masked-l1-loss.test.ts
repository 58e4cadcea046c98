import { batchRepeatInvariant, check, gradientMatches, ignoresMasked, valueMatches } from "@retort/autograd/testing";
import { test } from "vitest";
import { againstMaps, mapLossLaws, maskedMaps } from "../testing/index.js";
import { maskedL1Loss } from "./masked-l1-loss.js";

const loss = againstMaps((p, g, m) => maskedL1Loss(p, g, m));

test("laws", () => {
  const laws = [...mapLossLaws, batchRepeatInvariant, ignoresMasked({ mask: 2, of: [0, 1] })];
  check(loss, { inputs: maskedMaps(), laws });
  check(loss, { inputs: maskedMaps({ open: true }), laws: [gradientMatches] });
});

test("the mean distance where the mask counts, 0 where it counts nowhere", () => {
  const byLoops = valueMatches((p, g, m) => {
    let [distance, count] = [0, 1e-6];
    for (const [i, mask] of m.values.entries()) {
      distance += Math.abs(p.values[i] - g.values[i]) * mask;
      count += mask;
    }
    return distance / count;
  }, 5e-13);
  check(loss, { inputs: maskedMaps(), laws: [byLoops] });
});
