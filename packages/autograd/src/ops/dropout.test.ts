import { full, Random, tensor } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { backward } from "../backward.js";
import { gradCheck } from "../grad-check.js";
import { withRandom } from "../randomness.js";
import { randomGrid, toTensor } from "../testing/index.js";
import { variable } from "../variable.js";
import { dropout } from "./dropout.js";
import { sum } from "./sum.js";

describe("dropout", () => {
  it("drops about the share that was asked for and scales up the rest", () => {
    const values = withRandom(new Random(3), () => dropout(full([10_000], 1), 0.25)).value.dataSync();
    const dropped = values.filter((value: number) => value === 0).length;
    expect(Math.abs(dropped - 2500)).toBeLessThan(5 * Math.sqrt(10_000 * 0.25 * 0.75));
    for (const value of values) expect([0, Math.fround(1 / 0.75)]).toContain(value);
  });

  it("draws the same mask from the same generator, and another one next", () => {
    const draw = (seed: number): string =>
      withRandom(new Random(seed), () => String(dropout(full([64], 1), 0.5).value.dataSync()));
    expect(draw(1)).toBe(draw(1));
    expect(draw(1)).not.toBe(draw(2));
    const twice = withRandom(new Random(1), () =>
      [0, 1].map(() => String(dropout(full([64], 1), 0.5).value.dataSync())),
    );
    expect(twice[0]).not.toBe(twice[1]);
  });

  it("has gradients of first and second order through the same mask", () => {
    const call = (x: Parameters<typeof dropout>[0]) => withRandom(new Random(5), () => dropout(x, 0.4));
    gradCheck((x) => call(x), [toTensor(randomGrid([4, 6]))], { order: 2 });
    const x = variable(full([100], 1));
    const y = call(x);
    const kept = [...y.value.dataSync()];
    expect([...(backward(sum(y)).get(x)?.value.dataSync() ?? [])]).toEqual(kept);
  });

  it("masks nothing of nothing", () => {
    expect(dropout(tensor([]), 0.5).shape).toEqual([0]);
  });
});
