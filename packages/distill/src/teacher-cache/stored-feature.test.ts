import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeFeature, encodeFeature, type StoredForm, storedSize } from "./stored-feature.js";

const back = (values: Float32Array, shape: readonly number[], form: StoredForm): Float32Array => {
  const bytes = encodeFeature(values, shape, form);
  expect(bytes.length).toBe(storedSize(shape, form));
  // Bytes from a file begin anywhere.
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  return decodeFeature(shifted.subarray(1), shape, form);
};

const logits = fc.array(fc.float({ min: -60, max: 60, noNaN: true }), { minLength: 12, maxLength: 12 });

const probabilities = (values: ArrayLike<number>, classes: number): number[] => {
  const all = Array.from(values);
  return all.map((value, i) => {
    const row = all.slice(i - (i % classes), i - (i % classes) + classes);
    return 1 / row.reduce((sum, other) => sum + Math.exp(other - value), 0);
  });
};

test("float32 keeps every bit, float16 eleven of them", () => {
  fc.assert(
    fc.property(logits, (numbers) => {
      const values = Float32Array.from(numbers);
      expect(back(values, [3, 4], { precision: "float32" })).toEqual(values);
      back(values, [3, 4], { precision: "float16" }).forEach((found, i) => {
        expect(Math.abs(found - values[i])).toBeLessThanOrEqual(2 ** -11 * Math.abs(values[i]) + 2 ** -25);
      });
    }),
  );
});

test("top-k keeps the probabilities of the best classes, and deals the rest out evenly", () => {
  fc.assert(
    fc.property(logits, fc.integer({ min: 1, max: 7 }), (numbers, topK) => {
      const values = Float32Array.from(numbers);
      const found = probabilities(back(values, [2, 6], { precision: "float32", topK }), 6);
      const wanted = probabilities(values, 6);
      for (const row of [0, 1]) {
        const places = [0, 1, 2, 3, 4, 5].map((c) => 6 * row + c).sort((a, b) => values[b] - values[a]);
        const others = places.slice(topK);
        const share = others.reduce((sum, i) => sum + wanted[i], 0) / others.length;
        // A log-probability down to -120 in float32 is off by 2^-18, and so is the sum that it is divided by.
        for (const i of places)
          expect(Math.abs(found[i] - (others.includes(i) ? share : wanted[i]))).toBeLessThan(1e-5);
      }
    }),
  );
});

test("top-k in half precision: the worked example", () => {
  const values = Float32Array.from([0.5, 0.25, 0.125, 0.0625, 0.0625], Math.log);
  const bytes = encodeFeature(values, [1, 5], { precision: "float16", topK: 2 });
  expect(bytes.length).toBe(2 * 2 + 3 * 2);
  const found = probabilities(decodeFeature(bytes, [1, 5], { precision: "float16", topK: 2 }), 5);
  [1 / 2, 1 / 4, 1 / 12, 1 / 12, 1 / 12].forEach((wanted, c) => {
    expect(found[c]).toBeCloseTo(wanted, 3);
  });
});

test("a class that is certain leaves the others as good as nothing", () => {
  const found = back(Float32Array.of(0, 2000, 0), [1, 3], { precision: "float16", topK: 1 });
  expect([...found.map(Math.exp)]).toEqual([0, 1, 0]);
});

test("what cannot be stored is an error that says so", () => {
  const half: StoredForm = { precision: "float16" };
  expect(() => encodeFeature(Float32Array.of(1, -70000), [2], half)).toThrow(
    "-70000 cannot be stored as float16; teacher_cache_precision: float32 holds it",
  );
  expect(back(Float32Array.of(-70000), [1], { precision: "float32" })[0]).toBe(-70000);
  expect(() => encodeFeature(Float32Array.of(Number.NaN), [1], half)).toThrow("NaN cannot be stored as float16");
  expect(() => encodeFeature(new Float32Array(65537), [1, 65537], { ...half, topK: 2 })).toThrow(
    "top-k is for at most 65536 classes, found 65537",
  );
});
