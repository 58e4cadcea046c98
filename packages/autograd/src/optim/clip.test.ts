import { evaluate, expressions, type Tensor, tensor } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { norm } from "../../../../fixtures/goldens.js";
import { type Clip, clipByGlobalNorm, clipByNorm, clipByValue } from "./index.js";

const vectors = fc.array(fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 9 }), {
  maxLength: 4,
});
const limits = fc.float({ min: Math.fround(0.01), max: 50, noNaN: true });

function clipped(clip: Clip, gradients: readonly (readonly number[])[]): number[][] {
  const scaled = ({ gradient, scale }: { gradient: Tensor; scale?: Tensor }): Tensor =>
    scale === undefined ? gradient : evaluate(expressions.mul, [gradient, scale]);
  return clip(gradients.map((values) => tensor(values))).map((result) => Array.from(scaled(result).dataSync()));
}

const expectClose = (found: readonly number[], expected: readonly number[]): void => {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(Math.abs(found[i] - value)).toBeLessThanOrEqual(1e-4);
};

test("by value keeps what is inside and cuts the rest", () => {
  fc.assert(
    fc.property(vectors, limits, (gradients, limit) => {
      const expected = gradients.map((list) => list.map((x) => Math.max(-limit, Math.min(limit, x))));
      expect(clipped(clipByValue(limit), gradients)).toEqual(expected);
    }),
  );
});

test("by norm scales each gradient that is too long down to the limit, and leaves the others their bits", () => {
  fc.assert(
    fc.property(vectors, limits, (gradients, limit) => {
      for (const [i, found] of clipped(clipByNorm(limit), gradients).entries()) {
        const length = norm(gradients[i]);
        if (length < limit * 0.999) expect(found).toEqual(gradients[i]);
        else
          expectClose(
            found,
            gradients[i].map((x) => (x * limit) / Math.max(length, limit)),
          );
      }
    }),
  );
});

test("by global norm scales all gradients by one factor", () => {
  fc.assert(
    fc.property(vectors, limits, (gradients, limit) => {
      const length = norm(gradients.flat());
      const factor = limit / Math.max(length, limit);
      const found = clipped(clipByGlobalNorm(limit), gradients);
      expect(found).toHaveLength(gradients.length);
      for (const [i, list] of found.entries()) {
        if (length < limit * 0.999) expect(list).toEqual(gradients[i]);
        else
          expectClose(
            list,
            gradients[i].map((x) => x * factor),
          );
      }
    }),
  );
});

test("a gradient of zeros stays zero", () => {
  expect(clipped(clipByNorm(1), [[0, 0]])).toEqual([[0, 0]]);
  expect(clipped(clipByGlobalNorm(1), [[0, 0], [0]])).toEqual([[0, 0], [0]]);
});

test("limits that are not above 0 are refused", () => {
  for (const make of [clipByValue, clipByNorm, clipByGlobalNorm]) {
    expect(() => make(0)).toThrow(`${make.name}: the limit must be above 0, found 0`);
    expect(() => make(Number.NaN)).toThrow("found NaN");
  }
});
