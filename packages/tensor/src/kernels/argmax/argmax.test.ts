import { describe, expect, it } from "vitest";
import { tensor } from "../../ops/create.js";
import { argmax } from "../../ops/reduce.js";
import { simdSets, withKernels } from "../../testing/kernels.js";

/** By the definition: the first NaN, or the first of the largest. */
function firstLargest(row: readonly number[]): number {
  const nan = row.findIndex(Number.isNaN);
  return nan >= 0 ? nan : row.indexOf(Math.max(...row));
}

const patterns: ((i: number, row: number) => number)[] = [
  (i, row) => Math.sin(i * 7 + row),
  (i, row) => (i * 3 + row) % 5,
  () => 2,
  () => Number.NEGATIVE_INFINITY,
  (i, row) => ((i + row) % 6 === 3 ? Number.NaN : i),
  (i) => (i % 2 === 0 ? -0 : 0),
];

describe("argmax", () => {
  for (const set of ["plain", ...simdSets] as const) {
    it(`finds the first largest of rows of 1 to 40, NaN before all: ${set}`, () => {
      withKernels(set, 2, () => {
        for (let length = 1; length <= 40; length++) {
          for (const pattern of patterns) {
            const rows = Array.from({ length: 3 }, (_, row) =>
              Array.from({ length }, (_, i) => Math.fround(pattern(i, row))),
            );
            const x = tensor(Float32Array.from(rows.flat()), [3, length]);
            const found = argmax(x);
            expect([found.dtype, ...found.dataSync()]).toEqual(["int32", ...rows.map(firstLargest)]);
          }
        }
      });
    });
  }

  it("works for integers", () => {
    expect([...argmax(tensor(Int32Array.of(1, 5, 5, -1, -7, -2), [2, 3])).dataSync()]).toEqual([1, 0]);
  });
});
