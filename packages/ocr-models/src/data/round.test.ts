import { expect, test } from "vitest";
import { roundHalfToEven } from "./round.js";

// By Python 3.11.
test.each([
  [0, 0],
  [0.5, 0],
  [0.500001, 1],
  [1.5, 2],
  [2.5, 2],
  [3.5, 4],
  [3.49, 3],
  [5.5, 6],
  [-0.5, 0],
  [-1.5, -2],
])("%f is rounded to %i", (value, expected) => expect(roundHalfToEven(value)).toBe(expected));
