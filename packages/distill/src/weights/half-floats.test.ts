import fc from "fast-check";
import { expect, test } from "vitest";
import { bfloat16Values, float16Bits, float16Values } from "./half-floats.js";

test("half-precision numbers have the values of IEEE 754", () => {
  const bits = Uint16Array.of(0x0000, 0x8000, 0x0001, 0x03ff, 0x0400, 0x3555, 0x3c00, 0xc000, 0x7bff, 0x7c00, 0xfc00);
  const values = [0, -0, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, 1365 / 4096, 1, -2, 65504, Infinity, -Infinity];
  expect([...float16Values(bits)]).toEqual(values);
  expect(float16Values(Uint16Array.of(0x7e00))[0]).toBeNaN();
});

test("bfloat16 numbers are the upper halves of float32", () => {
  const values = Float32Array.of(0, -0, 1, -1.5, 2 ** -126, 3.3895313892515355e38, Infinity, -Infinity, NaN);
  const bits = Uint16Array.from(new Uint32Array(values.buffer), (word) => word >>> 16);
  expect(bfloat16Values(bits)).toEqual(values);
});

const finiteBits = Uint16Array.from({ length: 0x7c00 }, (_, bits) => bits);
const finiteHalves = float16Values(finiteBits);
const firstDifference = (a: Uint16Array, b: Uint16Array): number => a.findIndex((bits, i) => bits !== b[i]);

test("every half-precision number keeps its bits through float32 and back", () => {
  const all = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits).filter((bits) => (bits & 0x7fff) <= 0x7c00);
  expect(firstDifference(float16Bits(float16Values(all)), all)).toBe(-1);
  expect(float16Values(float16Bits(Float32Array.of(NaN)))[0]).toBeNaN();
});

test("halfway between two halves rounds to the even one, past it to the nearer one, and past the largest to infinity", () => {
  const next = (i: number): number => finiteHalves[i + 1] ?? 2 ** 16;
  const middles = Float32Array.from(finiteHalves, (half, i) => (half + next(i)) / 2);
  const even = finiteBits.map((bits) => bits + (bits & 1));
  expect(firstDifference(float16Bits(middles), even)).toBe(-1);
  const negative = even.map((bits) => bits | 0x8000);
  expect(firstDifference(float16Bits(middles.map((x) => -x)), negative)).toBe(-1);
  const upper = finiteBits.map((bits) => bits + 1);
  expect(firstDifference(float16Bits(middles.map((x) => x * (1 + 2 ** -23))), upper)).toBe(-1);
});

test("no half is nearer to a number than the one that it becomes", () => {
  fc.assert(
    fc.property(fc.float({ min: -65504, max: 65504, noNaN: true }), (x) => {
      const found = float16Values(float16Bits(Float32Array.of(x)))[0];
      const least = finiteHalves.reduce((best, half) => Math.min(best, Math.abs(Math.abs(x) - half)), Infinity);
      expect(Math.abs(x - found)).toBe(least);
    }),
  );
});
