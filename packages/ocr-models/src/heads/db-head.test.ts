import { noGrad, withRandom } from "@retort/autograd";
import { randomGrid, toTensor } from "@retort/autograd/testing";
import { full, Random, type Tensor } from "@retort/tensor";
import { expect, test } from "vitest";
import { DbHead, type DbHeadOptions } from "./db-head.js";

const options: DbHeadOptions = { k: 50, kernelList: [3, 2, 2], fixNan: false };
const make = (more: Partial<DbHeadOptions> = {}): DbHead =>
  withRandom(new Random(1), () => new DbHead(16, { ...options, ...more }));
const x = toTensor(randomGrid([2, 16, 3, 4]), "float32");

/** The values of one map of each sample, one after the other. */
function mapOf(maps: Tensor, channel: number): number[] {
  const [samples, channels, height, width] = maps.shape;
  const values = [...maps.dataSync()];
  const start = (n: number): number => (n * channels + channel) * height * width;
  return Array.from({ length: samples }, (_, n) => values.slice(start(n), start(n) + height * width)).flat();
}

test.each([50, 3])(
  "training gives probability, threshold, and whether the first is above the second, for k = %d",
  (k) => {
    const { value } = make({ k }).forward(x);
    expect(value.shape).toEqual([2, 3, 12, 16]);
    const [shrink, threshold, binary] = [0, 1, 2].map((channel) => mapOf(value, channel));
    for (const [i, found] of binary.entries()) {
      expect(found).toBeCloseTo(1 / (1 + Math.exp(-k * (shrink[i] - threshold[i]))), 4);
    }
    for (const p of [...shrink, ...threshold]) expect(p > 0 && p < 1).toBe(true);
    expect(shrink).not.toEqual(threshold);
  },
);

test("evaluation gives the probability alone", () => {
  const head = make();
  for (let step = 0; step < 2; step++) noGrad(() => head.forward(x));
  head.eval();
  const before = [...head.binarize.stateDict()].map(([, value]) => [...value.dataSync()]);
  expect(noGrad(() => head.forward(x)).shape).toEqual([2, 1, 12, 16]);
  expect([...head.binarize.stateDict()].map(([, value]) => [...value.dataSync()])).toEqual(before);
});

test("parameters start as the reference's", () => {
  const state = make().stateDict();
  const valuesOf = (key: string): number[] => [...(state.get(`binarize.${key}`) as Tensor).dataSync()];
  for (const norm of ["conv_bn1", "conv_bn2"]) {
    expect(new Set(valuesOf(`${norm}.weight`))).toEqual(new Set([1]));
    expect(new Set(valuesOf(`${norm}.bias`))).toEqual(new Set([Math.fround(1e-4)]));
  }
  // Uniform: biases within 1 / √4, weights within √(6 / (out · 2 · 2)).
  for (const [key, limit] of [
    ["conv2.bias", 0.5],
    ["conv3.bias", 0.5],
    ["conv2.weight", Math.sqrt(6 / 16)],
    ["conv3.weight", Math.sqrt(6 / 4)],
  ] as const) {
    const values = valuesOf(key).map(Math.abs);
    expect(Math.max(...values)).toBeLessThanOrEqual(limit);
    expect(Math.max(...values)).toBeGreaterThan(key === "conv3.bias" ? 0 : limit / 2);
  }
});

test("what is no number passes through, or is 0 in training where the config says so", () => {
  const nothing = full([1, 16, 2, 2], Number.NaN);
  const head = make({ fixNan: true });
  expect([...make().forward(nothing).value.dataSync()].every(Number.isNaN)).toBe(true);
  expect([...head.forward(nothing).value.dataSync()].every(Number.isFinite)).toBe(true);
  expect([...head.eval().forward(nothing).value.dataSync()].every(Number.isNaN)).toBe(true);
});
