import type { Tensor } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ctcBatches, ctcByAlignments, gridOf } from "./index.js";

test("of three paths in two steps that read as one label, each has a share", () => {
  const logits = gridOf([0, 0, 0, 0, 0, 0], [1, 2, 3]);
  const [labels, lengths] = [gridOf([1], [1, 1]), gridOf([1])];
  // 1 1, 1 blank and blank 1 of nine paths.
  expect(ctcByAlignments(logits, labels, lengths).at(0)).toBeCloseTo(Math.log(3), 12);
});

test("a label that no path reads has loss 0", () => {
  const logits = gridOf([0, 0, 0, 0], [1, 2, 2]);
  expect(ctcByAlignments(logits, gridOf([1, 1], [1, 2]), gridOf([2])).at(0)).toBe(0);
});

test("more paths than can be tried are refused", () => {
  const logits = gridOf(new Float64Array(60), [1, 10, 6]);
  expect(() => ctcByAlignments(logits, gridOf([1], [1, 1]), gridOf([1]))).toThrow("6^10 paths are too many");
});

test("batches hold only labels that can be aligned", () => {
  const inputs = ctcBatches({ classes: 3, steps: 3, maxLength: 3 });
  const longest: number[] = [];
  fc.assert(
    fc.property(inputs, (tensors: Tensor[]) => {
      const [logits, labels, lengths] = tensors.map((x) => gridOf(x.dataSync(), x.shape));
      longest.push(...lengths.values);
      expect([...ctcByAlignments(logits, labels, lengths).values].every((loss) => loss > 0)).toBe(true);
    }),
    { seed: 1 },
  );
  expect(new Set(longest)).toEqual(new Set([0, 1, 2, 3]));
});
