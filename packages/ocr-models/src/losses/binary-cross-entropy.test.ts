import { backward, sum, Variable } from "@retort/autograd";
import { check, gradientMatches } from "@retort/autograd/testing";
import { tensor } from "@retort/tensor";
import { expect, test } from "vitest";
import { againstMaps, mapLossLaws, maskedMaps } from "../testing/index.js";
import { binaryCrossEntropy } from "./binary-cross-entropy.js";

const loss = againstMaps((p, g) => binaryCrossEntropy(p, g));

test("laws", () => {
  check(loss, { inputs: maskedMaps(), laws: mapLossLaws });
  check(loss, { inputs: maskedMaps({ open: true }), laws: [gradientMatches] });
});

test("minus the logarithm of what the target has", () => {
  const [p, g] = [
    [0.25, 0.25, 0.9, 0.9],
    [1, 0, 1, 0.5],
  ];
  const found = binaryCrossEntropy(tensor(p, [4], "float64"), tensor(g, [4], "float64")).value.dataSync();
  for (const [i, value] of found.entries()) {
    expect(value).toBeCloseTo(-(g[i] * Math.log(p[i]) + (1 - g[i]) * Math.log(1 - p[i])), 12);
  }
});

test("at 0 and 1 the loss is at most 100, and the slope at most 1e12", () => {
  const p = new Variable(tensor([0, 0, 1, 1]), { requiresGrad: true });
  const each = binaryCrossEntropy(p, tensor([0, 1, 0, 1]));
  expect([...each.value.dataSync()].map(Math.abs)).toEqual([0, 100, 100, 0]);
  const slopes = backward(sum(each)).get(p)?.value.dataSync() ?? [];
  expect([...slopes]).toEqual([0, -1e12, 1e12, 0].map(Math.fround));
});
