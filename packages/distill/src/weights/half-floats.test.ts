import { expect, test } from "vitest";
import { bfloat16Values, float16Values } from "./half-floats.js";

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
