import { describe, expect, it } from "vitest";
import { DTypeError } from "../errors.js";
import { expectClose } from "../testing/numbers.js";
import { randomNormal, randomUniform } from "./random-fill.js";

const key = [7, 8] as const;
const mean = (x: ArrayLike<number>) => Array.from(x).reduce((a, b) => a + b, 0) / x.length;

describe("randomUniform", () => {
  it("is uniform between its bounds", () => {
    const x = randomUniform([20_000], -2, 3, key, 0).dataSync();
    expect(Math.min(...x)).toBeGreaterThanOrEqual(-2);
    expect(Math.max(...x)).toBeLessThan(3);
    expect(Math.abs(mean(x) - 0.5)).toBeLessThan(0.05);
    const variance = mean(Array.from(x, (value) => (value - 0.5) ** 2));
    expect(Math.abs(variance - 25 / 12)).toBeLessThan(0.06);
  });

  it("repeats itself for the same key and counter only", () => {
    const x = randomUniform([5], 0, 1, key, 4);
    expectClose(randomUniform([9], 0, 1, key, 4).dataSync().slice(0, 5), x, 0);
    expect(randomUniform([5], 0, 1, key, 5).dataSync()).not.toEqual(x.dataSync());
    expect(() => randomUniform([2], 0, 1, key, 0, "int32")).toThrow(DTypeError);
  });
});

describe("randomNormal", () => {
  it("has the moments of a normal distribution", () => {
    const x = Array.from(randomNormal([20_001], 1, 2, key, 0, "float64").dataSync(), (value) => (value - 1) / 2);
    expect(Math.abs(mean(x))).toBeLessThan(0.03);
    expect(Math.abs(mean(x.map((v) => v ** 2)) - 1)).toBeLessThan(0.04);
    expect(Math.abs(mean(x.map((v) => v ** 3)))).toBeLessThan(0.08);
    expect(Math.abs(mean(x.map((v) => v ** 4)) - 3)).toBeLessThan(0.2);
    expect(Math.abs(mean(x.slice(1).map((v, i) => v * x[i])))).toBeLessThan(0.03);
  });
});
