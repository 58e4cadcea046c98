import fc from "fast-check";
import { expect, test } from "vitest";
import { countIn, spreadOf } from "./spread.js";

/** Python's `statistics.median_low` and the like: the number at a share of the sorted list. */
const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];

test("as from the sorted list", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 200 }), (list) => {
      const counts = new Map<number, number>();
      for (const value of list) countIn(counts, value);
      const sorted = [...list].sort((a, b) => a - b);
      expect(spreadOf(counts)).toEqual({
        least: Math.min(...list),
        low: at(sorted, 0.05),
        median: at(sorted, 0.5),
        high: at(sorted, 0.95),
        greatest: Math.max(...list),
        mean: expect.closeTo(list.reduce((sum, value) => sum + value, 0) / list.length, 9),
      });
    }),
  );
});

test("nothing has no spread", () => expect(spreadOf(new Map())).toBeUndefined());
