import { inParts } from "@retort/autograd/testing";
import { largest, tensor } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { largestOverParts } from "./largest-over-parts.js";

const value = fc.oneof(
  fc.constantFrom(-0, 0, 1e-45, 0.5, 3, 100, Number.POSITIVE_INFINITY),
  fc.float({ min: 0, noNaN: true }),
);
const partsOf = (values: typeof value): fc.Arbitrary<number[][]> =>
  fc.array(fc.array(values, { maxLength: 9 }), { minLength: 1, maxLength: 3 });

/** What `largestOverParts` marks in each part. */
const marksOf = (parts: readonly number[][], count: number, dtype: "float32" | "float64"): number[][] =>
  inParts(parts.length, (part, sum) => {
    const x = tensor(parts[part], [parts[part].length], dtype);
    const marks = largestOverParts(x, tensor(count), sum);
    expect([marks.dtype, marks.shape]).toEqual([dtype, x.shape]);
    return [...marks.dataSync()];
  });

test.each(["float32", "float64"] as const)(
  "of %s as many are marked, and none is smaller than one that is not",
  (dtype) => {
    fc.assert(
      fc.property(partsOf(value), fc.integer({ min: 0, max: 30 }), (parts, count) => {
        const [values, marks] = [parts.flat(), marksOf(parts, count, dtype).flat()];
        const wanted = Math.min(count, values.length);
        expect(marks.reduce((sum, mark) => sum + mark, 0)).toBeCloseTo(wanted, 5);
        const [cut] = values.toSorted((a, b) => b - a).slice(wanted - 1);
        for (const [i, mark] of marks.entries()) {
          const number = values[i];
          if (wanted === 0 || number < cut) expect(mark).toBe(0);
          else if (number > cut) expect(mark).toBe(1);
          else expect(mark).toBeCloseTo(marks[values.indexOf(cut)], 12);
        }
      }),
      { seed: 1 },
    );
  },
);

test("of different numbers those are marked that one process marks", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: 1000 }), { maxLength: 20 }), fc.nat({ max: 20 }), (values, count) => {
      const middle = Math.floor(values.length / 3);
      const marks = marksOf([values.slice(0, middle), values.slice(middle)], count, "float32").flat();
      expect(marks).toEqual([...largest(tensor(values, [values.length]), tensor(count)).dataSync()]);
    }),
    { seed: 1 },
  );
});

test("one process marks the first of equal numbers", () => {
  expect([...largestOverParts(tensor([2, 1, 2, 2]), tensor(2), undefined).dataSync()]).toEqual([1, 0, 1, 0]);
});
