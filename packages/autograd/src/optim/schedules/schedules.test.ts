import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  constant,
  cosine,
  cyclicalCosine,
  decayLearningRate,
  linearWarmupCosine,
  multiStepDecay,
  oneCycle,
  piecewise,
  polynomial,
  stepDecay,
  twoStepCosine,
  warmup,
  warmupSteps,
} from "./index.js";

const rate = fc.double({ min: 1e-6, max: 1, noNaN: true });
const steps = fc.integer({ min: 1, max: 5000 });

test("a cosine starts at its rate, is half way in the middle, and ends at its minimum", () => {
  fc.assert(
    fc.property(rate, steps, (learningRate, half) => {
      const schedule = cosine({ learningRate, totalSteps: 2 * half, minLearningRate: learningRate / 100 });
      expect(schedule(0)).toBeCloseTo(learningRate, 14);
      expect(schedule(half)).toBeCloseTo((learningRate * 1.01) / 2, 14);
      expect(schedule(2 * half)).toBeCloseTo(learningRate / 100, 14);
    }),
  );
});

test("the numbers that the reference printed for the PP-OCRv3 recipe and a long cosine", () => {
  const v3 = warmup(piecewise({ boundaries: [7000], values: [5e-4, 5e-5] }), { steps: 50, learningRate: 5e-4 });
  const printed = [0, 1, 49, 50, 7049, 7050].map(v3);
  for (const [i, value] of [0, 1e-5, 4.9e-4, 5e-4, 5e-4, 5e-5].entries()) expect(printed[i]).toBeCloseTo(value, 15);
  const long = warmup(cosine({ learningRate: 1e-3, totalSteps: 1000 }), { steps: 20, learningRate: 1e-3 });
  const values = [19, 20, 21, 510, 999].map(long);
  for (const [i, value] of [9.5e-4, 1e-3, 9.999975e-4, 5.157054e-4, 1.087729e-6].entries()) {
    expect(values[i]).toBeCloseTo(value, 9);
  }
});

test("multi-step decay equals the piecewise schedule of its values", () => {
  fc.assert(
    fc.property(rate, fc.uniqueArray(fc.nat(300), { maxLength: 5 }), (learningRate, list) => {
      const milestones = list.sort((a, b) => a - b);
      const gamma = 0.5;
      const values = [learningRate, ...milestones.map((_, i) => learningRate * gamma ** (i + 1))];
      const [a, b] = [
        multiStepDecay({ learningRate, milestones, gamma }),
        piecewise({ boundaries: milestones, values }),
      ];
      for (let step = 0; step < 310; step++) expect(a(step)).toBe(b(step));
    }),
  );
});

test("step decay equals multi-step decay with regular milestones", () => {
  const regular = stepDecay({ learningRate: 0.3, interval: 7, gamma: 0.1 });
  const listed = multiStepDecay({ learningRate: 0.3, milestones: [7, 14, 21, 28], gamma: 0.1 });
  for (let step = 0; step < 35; step++) expect(regular(step)).toBe(listed(step));
});

test("a polynomial reaches its end and stays there; its power bends it", () => {
  const line = polynomial({ learningRate: 1, totalSteps: 10, endLearningRate: 0.5 });
  expect([0, 5, 10, 99].map(line)).toEqual([1, 0.75, 0.5, 0.5]);
  const square = polynomial({ learningRate: 1, totalSteps: 10, power: 2 });
  expect(square(5)).toBe(0.25);
  expect(decayLearningRate({ learningRate: 1, totalSteps: 10 })(5)).toBeCloseTo(0.5358867312681466, 15);
  expect(decayLearningRate({ learningRate: 1, totalSteps: 10 })(11)).toBe(0);
});

test("a cyclical cosine repeats itself", () => {
  const schedule = cyclicalCosine({ learningRate: 0.1, cycle: 8 });
  expect(schedule(0)).toBe(0.1);
  for (let step = 0; step < 40; step++) expect(schedule(step + 8)).toBe(schedule(step));
});

describe("one cycle", () => {
  test("rises to its maximum after 30 % and falls to the end, where it stays", () => {
    const schedule = oneCycle({ maxLearningRate: 1, totalSteps: 100, anneal: "linear" });
    expect(schedule(0)).toBeCloseTo(0.04, 15);
    expect(schedule(29)).toBeCloseTo(1, 15);
    expect(schedule(14.5)).toBeCloseTo(0.52, 15);
    expect(schedule(99)).toBeCloseTo(4e-6, 15);
    expect(schedule(200)).toBe(schedule(99));
  });

  test("with three phases it comes back to its first value before it falls", () => {
    const schedule = oneCycle({ maxLearningRate: 1, totalSteps: 100, threePhase: true });
    expect(schedule(29)).toBeCloseTo(1, 15);
    expect(schedule(58)).toBeCloseTo(0.04, 15);
    expect(schedule(99)).toBeCloseTo(4e-6, 15);
    for (let step = 1; step < 30; step++) expect(schedule(29 + step)).toBeCloseTo(schedule(29 - step), 14);
  });
});

test("linear warm-up with cosine goes from its start over its peak to its minimum", () => {
  const schedule = linearWarmupCosine({ learningRate: 1e-3, totalSteps: 100, warmupSteps: 10 });
  expect(schedule(0)).toBeCloseTo(1e-5, 15);
  expect(schedule(5)).toBeCloseTo((1e-3 + 1e-5) / 2, 15);
  expect(schedule(10)).toBeCloseTo(1e-3, 15);
  expect(schedule(110)).toBeCloseTo(1e-8, 15);
});

test("the two-step cosine changes waves behind the first", () => {
  const schedule = twoStepCosine({ learningRate: 1, firstSteps: 10, totalSteps: 40 });
  expect(schedule(5)).toBeCloseTo(0.5, 15);
  expect(schedule(10)).toBeCloseTo(0, 15);
  expect(schedule(20)).toBeCloseTo(0.5, 15);
});

test("a warm-up of no steps changes nothing, and its length is rounded as Python rounds", () => {
  const schedule = constant({ learningRate: 0.1 });
  expect(warmup(schedule, { steps: 0, learningRate: 9 })(0)).toBe(0.1);
  expect([0.5, 1.5, 2.5, 3.5].map((epochs) => warmupSteps(epochs, 1))).toEqual([0, 2, 2, 4]);
  expect(warmupSteps(0.3, 7)).toBe(2);
  expect(warmupSteps(2, 5)).toBe(10);
});

test("bad numbers are refused by name", () => {
  expect(() => cosine({ learningRate: 1, totalSteps: 0 })).toThrow("cosine: totalSteps must be a whole number");
  expect(() => stepDecay({ learningRate: 1, interval: 1.5 })).toThrow("interval");
  expect(() => piecewise({ boundaries: [5, 5], values: [1, 2, 3] })).toThrow("found [5, 5]");
  expect(() => piecewise({ boundaries: [5], values: [1] })).toThrow("1 boundaries need 2 values, found 1");
  expect(() => warmup(() => 1, { steps: -1, learningRate: 1 })).toThrow("found -1");
  expect(() => oneCycle({ maxLearningRate: 1, totalSteps: 3 })).toThrow("too small");
});
