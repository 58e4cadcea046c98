import fc from "fast-check";
import { expect, it } from "vitest";
import { ShapeError } from "../errors.js";
import { strided } from "../testing/numbers.js";
import { tensor } from "./create.js";
import { largest } from "./largest.js";

/** Places in order of their values, the largest first and NaN before all; equal ones stay in their order. */
function ranking(values: readonly number[]): number[] {
  const rank = (value: number): number => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : Math.atan(value));
  return values
    .map((_, i) => i)
    .sort((i, j) => (rank(values[i]) === rank(values[j]) ? i - j : rank(values[j]) - rank(values[i])));
}

const value = fc.constantFrom(-Infinity, -2, -0, 0, 0.5, 3, Infinity, Number.NaN);

it.each(["float32", "float64"] as const)("marks the first of a ranking of %s", (dtype) => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 12 }), fc.integer({ min: -2, max: 14 }), (values, count) => {
      const chosen = ranking(values).slice(0, Math.max(0, count));
      const wanted = values.map((_, i) => (chosen.includes(i) ? 1 : 0));
      const found = largest(tensor(values, [values.length], dtype), tensor(count));
      expect([found.dtype, ...found.dataSync()]).toEqual([dtype, ...wanted]);
    }),
    { seed: 1 },
  );
});

it("takes integers, views and counts of any kind", () => {
  const x = tensor(Int32Array.of(4, 1, 3, 2, 3, 5), [2, 3]);
  for (const count of [tensor(3), tensor(3.9), tensor([3], [1, 1]), tensor(Int32Array.of(3))]) {
    const found = largest(strided(x), count);
    expect(found.shape).toEqual([2, 3]);
    expect([...found.dataSync()]).toEqual([1, 0, 1, 0, 0, 1]);
  }
  expect([...largest(x, tensor(Number.NaN)).dataSync()]).toEqual([0, 0, 0, 0, 0, 0]);
});

it("refuses a count of several elements", () => {
  expect(() => largest(tensor([1, 2]), tensor([1, 2]))).toThrow(ShapeError);
  expect(() => largest(tensor([1, 2]), tensor([1, 2]))).toThrow("largest needs a count of one element");
});
