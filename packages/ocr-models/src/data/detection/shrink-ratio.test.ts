import { expect, test } from "vitest";
import { readShrinkRatio } from "./shrink-ratio.js";

test("it is the same in every epoch, or grows by 0.2 over all of them", () => {
  expect(readShrinkRatio("M", {})(3)).toBe(0.4);
  expect(readShrinkRatio("M", { shrink_ratio: 0.5 })(3)).toBe(0.5);
  const growing = readShrinkRatio("M", { shrink_ratio: 0.3, total_epoch: 500 });
  expect(growing()).toBe(0.3);
  expect(growing(0)).toBe(0.3);
  expect(growing(250)).toBeCloseTo(0.4, 12);
  expect(growing(499)).toBeCloseTo(0.4996, 12);
});

test.each([
  [{ shrink_ratio: 0 }, "M.shrink_ratio: expected a number between 0 and 1, found 0"],
  [{ shrink_ratio: 1 }, "M.shrink_ratio: expected a number between 0 and 1, found 1"],
  [{ shrink_ratio: "0.4" }, 'M.shrink_ratio: expected a number between 0 and 1, found "0.4"'],
  [{ total_epoch: 0 }, "M.total_epoch: expected a whole number from 1 on, found 0"],
])("%j is an error", (options, message) => expect(() => readShrinkRatio("M", options)).toThrow(message));
