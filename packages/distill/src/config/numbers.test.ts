import fc from "fast-check";
import { expect, test } from "vitest";
import { readNumber } from "./numbers.js";

test("numbers that YAML 1.1 leaves as text", () => {
  expect(readNumber("1e-3")).toBe(1e-3);
  expect(readNumber("-.5")).toBe(-0.5);
  expect(readNumber("1_000")).toBe(1000);
  expect(readNumber(" 2. ")).toBe(2);
});

test("products and quotients", () => {
  expect(readNumber("1./255.")).toBe(1 / 255);
  expect(readNumber("1.0 / 255 * 2")).toBe((1 / 255) * 2);
});

test("nothing else is a number, and nothing is evaluated", () => {
  for (const text of ["", "a", "1/", "/2", "1+1", "(1)", "0x10", "1e", "process.exit()", "1 2", "Infinity", "NaN"]) {
    expect(readNumber(text), text).toBeUndefined();
  }
});

test("every finite number survives being printed and read", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      expect(readNumber(String(x)) === x).toBe(true);
    }),
  );
});
