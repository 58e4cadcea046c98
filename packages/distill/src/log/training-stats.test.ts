import fc from "fast-check";
import { expect, test } from "vitest";
import { roundHalfEven } from "./round.js";
import { TrainingStats } from "./training-stats.js";

test("each name gives the median of its own last values", () => {
  const stats = new TrainingStats(3);
  for (const loss of [9, 1, 5, 2]) stats.update({ loss });
  stats.update({ acc: 0.25 });
  stats.update({ acc: 0.5 });
  expect(stats.medians()).toEqual({ loss: 2, acc: 0.375 });
});

test("lr comes first, the others as they were first seen", () => {
  const stats = new TrainingStats(20);
  stats.update({ acc: 0 });
  stats.update({ dml_ctc_0: 1, loss: 2, lr: 0.1 });
  expect(Object.keys(stats.medians())).toEqual(["lr", "acc", "dml_ctc_0", "loss"]);
});

test("one NaN in the window shows, and leaves with the window", () => {
  const stats = new TrainingStats(2);
  stats.update({ loss: Number.NaN });
  stats.update({ loss: 1 });
  expect(stats.medians().loss).toBeNaN();
  stats.update({ loss: 1 });
  expect(stats.medians().loss).toBe(1);
});

// Printed by Python 3.11: "{:f}".format(round(value, 6)).
test.each([
  [0.0078125, "0.007812"],
  [0.0234375, "0.023438"],
  [-0.0078125, "-0.007812"],
  [5e-7, "0.000000"],
  [1 / 3, "0.333333"],
  [1234567.1234565, "1234567.123457"],
])("%d is rounded as Python rounds it", (value, text) => {
  expect(roundHalfEven(value)).toBe(text);
});

test("rounding never moves a value by more than half of the last decimal", () => {
  fc.assert(
    fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (value) => {
      expect(Math.abs(Number(roundHalfEven(value)) - value)).toBeLessThanOrEqual(5.001e-7);
    }),
  );
});
