import fc from "fast-check";
import { expect, test } from "vitest";
import { largestFirst } from "./largest-first.js";

test("gives what sorting gives, equal values in their order", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 })),
      fc.integer({ min: 1, max: 5 }),
      fc.nat(2),
      (values, count, from) => {
        const places = [...values.keys()].slice(from).sort((a, b) => values[b] - values[a] || a - b);
        expect(largestFirst(values, count, from)).toEqual(places.slice(0, count));
      },
    ),
  );
});
