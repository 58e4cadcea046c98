import { backward, mul, slice as sliceOf, sum, Variable } from "@retort/autograd";
import { ctcBatchLoss, sarBatchLoss } from "@retort/ocr-models";
import { Random, slice, type Tensor, tensor } from "@retort/tensor";
import { describe, expect, test } from "vitest";
import { combined, type Ramp, rampFactor, type WeightedTerm } from "./combined.js";
import { distanceLoss } from "./distance.js";
import { dmlLoss } from "./dml.js";
import { type ModelOutputs, pairwise, perModel, type Targets } from "./terms.js";

const outputsOf = (x: Variable): ModelOutputs => new Map([["A", { backbone_out: x, head_out: x }]]);
const leaf = (values: number[]): Variable => new Variable(tensor(values), { requiresGrad: true });

/** A term worth `factor` times the sum of the feature. */
function multiple(name: string, factor: number, weight: number, ramp?: Ramp): WeightedTerm {
  const term = perModel((x) => mul(sum(x), factor), { models: ["A"], feature: "head_out", name: () => name });
  return { weight, term, ramp };
}

const read = (loss: ReturnType<ReturnType<typeof combined>>): unknown => ({
  loss: loss.loss.item(),
  parts: Object.fromEntries([...loss.parts].map(([name, value]) => [name, value.item()])),
});

describe("weights and ramps", () => {
  test("the loss is the weighted sum, and the parts are weighted too", () => {
    const x = leaf([1, 2]);
    const found = combined([multiple("a", 10, 2), multiple("b", 100, 0.5)])(outputsOf(x), {}, 0);
    expect(read(found)).toEqual({ loss: 210, parts: { a: 60, b: 150 } });
    expect([...(backward(found.loss).get(x)?.value.dataSync() ?? [])]).toEqual([70, 70]);
  });

  test("a ramp rises in a straight line from its start and then stays", () => {
    const ramp = { start: 10, steps: 4 };
    expect([0, 10, 11, 13, 14, 99].map((step) => rampFactor(ramp, step))).toEqual([0, 0, 0.25, 0.75, 1, 1]);
    expect(rampFactor(undefined, 0)).toBe(1);
  });

  test("a term whose ramp has not begun is logged as 0 and stays out of the gradient, even where it is not finite", () => {
    const loss = combined([multiple("a", 1, 1), multiple("late", 4, 3, { start: 5, steps: 2 })]);
    const [x, y] = [leaf([1, 2]), leaf([1, 2])];
    const before = loss(outputsOf(x), {}, 5);
    expect(read(before)).toEqual({ loss: 3, parts: { a: 3, late: 0 } });
    expect([...(backward(before.loss).get(x)?.value.dataSync() ?? [])]).toEqual([1, 1]);
    const half = loss(outputsOf(y), {}, 6);
    expect(read(half)).toEqual({ loss: 21, parts: { a: 3, late: 18 } });
    expect([...(backward(half.loss).get(y)?.value.dataSync() ?? [])]).toEqual([7, 7]);
    const endless = combined([multiple("a", 1, 1), multiple("late", Infinity, 1, { start: 5, steps: 2 })]);
    expect(endless(outputsOf(leaf([1, 2])), {}, 0).loss.item()).toBe(3);
  });

  test("with every ramp at its start the loss is 0", () => {
    const found = combined([multiple("late", 4, 3, { start: 5, steps: 2 })])(outputsOf(leaf([1])), {}, 0);
    expect(read(found)).toEqual({ loss: 0, parts: { late: 0 } });
  });

  test("no terms at all are an error", () => {
    expect(() => combined([])).toThrow("at least one term");
  });
});

const [batch, steps, classes, ignored] = [5, 4, 6, 5];
const random = new Random(4);
const scores = (): Tensor =>
  tensor(
    Float32Array.from({ length: batch * steps * classes }, () => random.normal()),
    [batch, steps, classes],
  );
const [student, teacher] = [scores(), scores()];
const labels = tensor(Int32Array.of(1, 2, 3, 0, 4, 1, 2, 2, 5, 0), [batch, 2]);
const lengths = tensor(Int32Array.of(2, 1, 2, 2, 1));
const sar = [
  [3, 1, 2, 3],
  [3, 2, ignored, ignored],
  [3, 4, 3, ignored],
  [3, 1, ignored, ignored],
  [3, 0, 1, 2],
];
const sarTensor = tensor(Int32Array.from(sar.flat()), [batch, steps]);
const between = { pairs: [["Student", "Teacher"]], feature: "head_out" } as const;
const terms: WeightedTerm[] = [
  {
    weight: 1,
    term: pairwise((a, b) => dmlLoss(a, b, { act: "softmax", useLog: true }), { ...between, name: () => "dml" }),
  },
  { weight: 0.5, term: pairwise((a, b) => distanceLoss(a, b, "l2"), { ...between, name: () => "distance" }) },
  {
    weight: 2,
    term: perModel((x, { ctc }) => ctcBatchLoss(x, ctc as NonNullable<Targets["ctc"]>), {
      models: ["Student", "Teacher"],
      feature: "head_out",
      name: (model) => `ctc_${model}`,
    }),
  },
  {
    weight: 3,
    meanOver: "labels",
    term: perModel((x, targets) => sarBatchLoss(x, targets.sar as Tensor, ignored), {
      models: ["Student"],
      feature: "head_out",
      name: () => "sar",
    }),
  },
];

/** Loss, parts and gradients of the samples from `first` to `end`, with the share that they are of the batch. */
function part(first: number, end: number): { loss: number; parts: number[]; gradients: number[][] } {
  const cut = (x: Tensor): Tensor => slice(x, 0, first, end);
  const [a, b] = [student, teacher].map((x) => new Variable(x, { requiresGrad: true }));
  const outputs: ModelOutputs = new Map(
    Object.entries({ Student: sliceOf(a, 0, first, end), Teacher: sliceOf(b, 0, first, end) }).map(([name, x]) => [
      name,
      { backbone_out: x, head_out: x },
    ]),
  );
  const targets = { ctc: { labels: cut(labels), lengths: cut(lengths) }, sar: cut(sarTensor) };
  const counts = (rows: number[][]): number => rows.flatMap((row) => row.slice(1)).filter((x) => x !== ignored).length;
  const share = { samples: (end - first) / batch, labels: counts(sar.slice(first, end)) / counts(sar) };
  const { loss, parts } = combined(terms)(outputs, targets, 0, share);
  const found = { loss: loss.item(), parts: [...parts.values()].map((value) => value.item()) };
  const gradients = backward(loss);
  return { ...found, gradients: [a, b].map((x) => [...(gradients.get(x)?.value.dataSync() ?? [])]) };
}

test("a batch in two parts, with their shares, gives the loss and gradient of the whole batch", () => {
  const whole = part(0, batch);
  const [one, two] = [part(0, 2), part(2, batch)];
  expect(one.loss + two.loss).toBeCloseTo(whole.loss, 4);
  for (const [i, value] of whole.parts.entries()) expect(one.parts[i] + two.parts[i]).toBeCloseTo(value, 4);
  for (const [i, values] of whole.gradients.entries()) {
    for (const [j, value] of values.entries()) {
      expect(one.gradients[i][j] + two.gradients[i][j]).toBeCloseTo(value, 5);
    }
  }
});
