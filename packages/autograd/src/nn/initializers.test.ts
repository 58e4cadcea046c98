import { blindDevice, Random, type Shape, type Tensor, withDevice } from "@retort/tensor";
import { describe, expect, test } from "vitest";
import { withRandom } from "../randomness.js";
import {
  fans,
  type Initializer,
  kaimingNormal,
  kaimingUniform,
  normalInitializer,
  truncatedNormalInitializer,
  uniformInitializer,
  xavierUniform,
} from "./initializers.js";

const drawn = (initializer: Initializer, shape: Shape, seed = 1): Float32Array =>
  withRandom(new Random(seed), () => initializer(shape)).dataSync() as Float32Array;

const mean = (values: Float32Array): number => values.reduce((sum, x) => sum + x, 0) / values.length;
const deviation = (values: Float32Array): number => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((x) => (x - middle) ** 2)));
};
const largest = (values: Float32Array): number => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

test("fans of a linear weight are its inputs and outputs, those of a convolution count its field", () => {
  expect(fans([3, 5])).toEqual({ fanIn: 3, fanOut: 5 });
  expect(fans([8, 4, 3, 5])).toEqual({ fanIn: 60, fanOut: 120 });
  expect(fans([7])).toEqual({ fanIn: 7, fanOut: 7 });
});

describe.each([
  ["uniform", uniformInitializer(-0.25, 0.75), [0.25, 1 / Math.sqrt(12)], 0.75],
  ["normal", normalInitializer(0.5), [0, 0.5], 3],
  // The standard deviation of a normal number within two of its own is 0.8796.
  ["truncated normal", truncatedNormalInitializer(0.5), [0, 0.5 * 0.8796], 1],
  ["Xavier's", xavierUniform, [0, Math.sqrt(2 / 500)], Math.sqrt(6 / 500)],
  ["He's uniform", kaimingUniform, [0, Math.sqrt(2 / 200)], Math.sqrt(6 / 200)],
  ["He's normal", kaimingNormal, [0, Math.sqrt(2 / 200)], 1],
] as const)("%s numbers", (_, initializer, [middle, spread], bound) => {
  const values = drawn(initializer, [200, 300]);

  test("have their mean, their deviation and their bound", () => {
    expect(Math.abs(mean(values) - middle)).toBeLessThan(spread / 50);
    expect(deviation(values) / spread).toBeCloseTo(1, 1.5);
    expect(largest(values)).toBeLessThanOrEqual(bound);
  });

  test("come from the seed, and differ from parameter to parameter", () => {
    expect(drawn(initializer, [200, 300])).toEqual(values);
    expect(drawn(initializer, [200, 300], 2)).not.toEqual(values);
    const both: Tensor[] = withRandom(new Random(1), () => [initializer([9]), initializer([9])]);
    expect(both[1].dataSync()).not.toEqual(both[0].dataSync());
  });
});

test("a blind device draws nothing", () => {
  const device = blindDevice();
  const weight = withDevice(device, () => withRandom(new Random(1), () => kaimingNormal([1 << 14, 1 << 12])));
  expect(weight.shape).toEqual([1 << 14, 1 << 12]);
  expect([...device.runs]).toEqual([["randomFill", 1]]);
});
