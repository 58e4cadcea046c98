import { backward, sum, Variable } from "@retort/autograd";
import {
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
import { binaryCrossEntropy } from "./binary-cross-entropy.js";

const loss = (p: Variable, g: Variable): Variable => binaryCrossEntropy(p, cast(g.value, p.dtype));

const labelled = (open: boolean): fc.Arbitrary<Tensor[]> =>
  probabilityMaps().shapes.chain((shape) =>
    fc.tuple(probabilityMaps({ open }).ofShape(shape), binaryMaps().ofShape(shape)),
  );

test("laws", () => {
  check(loss, { inputs: labelled(false), laws: [nonNegative, viewEqualsCopy, finiteBetween(0, 1)] });
  check(loss, { inputs: labelled(true), laws: [gradientMatches], runs: 10 });
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
