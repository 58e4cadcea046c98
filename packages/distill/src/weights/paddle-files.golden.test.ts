import type { HostArray } from "@retort/tensor";
import { expect } from "vitest";
import {
  expectRelative,
  expectWithinMax,
  golden,
  goldenBytes,
  goldenFile,
  goldenSuite,
  uniform,
} from "../../../../fixtures/goldens.js";
import { readPdopt } from "./pdopt.js";
import { readPdparams } from "./pdparams.js";
import { PickleError } from "./pickle/error.js";
import { readStates } from "./states.js";

/** Shapes of one network, and Paddle's own names of the n-th such network's parameters. */
const shapes: Readonly<Record<string, readonly [shape: number[], name: (n: number) => string]>> = {
  "backbone.0.weight": [[4, 3, 3, 3], (n) => `conv2d_${n}.w_0`],
  "backbone.0.bias": [[4], (n) => `conv2d_${n}.b_0`],
  "backbone.1.weight": [[4], (n) => `batch_norm2d_${n}.w_0`],
  "backbone.1.bias": [[4], (n) => `batch_norm2d_${n}.b_0`],
  "backbone.1._mean": [[4], (n) => `batch_norm2d_${n}.w_1`],
  "backbone.1._variance": [[4], (n) => `batch_norm2d_${n}.w_2`],
  "head.weight": [[4, 5], (n) => `linear_${n}.w_0`],
  "head.bias": [[5], (n) => `linear_${n}.b_0`],
};
const entries = ["Teacher", "Student"].flatMap((network, n) =>
  Object.entries(shapes).map(([key, [shape, name]]) => ({ key: `${network}.${key}`, shape, name: name(n) })),
);

const full = (shape: readonly number[], value: number): Float32Array =>
  new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(value);

/** The first step of Adam at a learning rate of 0.01, from the moments after it (Kingma and Ba 2014, algorithm 1). */
function stepOfAdam(values: Float32Array, own: ReadonlyMap<string, HostArray>): Float32Array {
  const [first, second] = ["moment1", "moment2"].map((name) => own.get(name)?.data as Float32Array);
  return values.map((x, i) => x - (0.01 * (first[i] / 0.1)) / (Math.sqrt(second[i] / 0.001) + 1e-8));
}

goldenSuite("checkpoint files of the reference", () => {
  for (const file of ["two.p2.pdparams", "two.p3.pdparams", "two.p4.pdparams"]) {
    goldenFile(file, (bytes) => {
      const { tensors, parameterNames } = readPdparams(bytes);
      expect([...parameterNames]).toEqual(entries.map(({ key, name }) => [key, name]));
      expect([...tensors]).toEqual(
        entries.map(({ key, shape }) => [key, { dtype: "float32", shape, data: uniform(key, shape) }]),
      );
    });
  }

  goldenFile("two.pdopt", (bytes) => {
    const { accumulators, masterWeights, schedule } = readPdopt(bytes);
    expect(schedule).toBeUndefined();
    expect(masterWeights.size).toBe(0);
    expect([...accumulators.keys()].sort()).toEqual(["linear_0.b_0", "linear_0.w_0", "linear_1.b_0", "linear_1.w_0"]);
    for (const [parameter, own] of accumulators) {
      const shape = parameter.endsWith("w_0") ? [4, 5] : [5];
      expect([...own.keys()], parameter).toEqual(["moment1", "moment2", "beta1_pow_acc", "beta2_pow_acc"]);
      for (const name of ["moment1", "moment2"]) expect(own.get(name)?.shape, `${parameter} ${name}`).toEqual(shape);
      // One step of Adam with betas 0.9 and 0.999, of a loss whose gradient is one everywhere but for its rounding.
      expectRelative(own.get("moment1")?.data as Float32Array, full(shape, 1 - Math.fround(0.9)), 1e-6, "moment1");
      expectRelative(own.get("moment2")?.data as Float32Array, full(shape, 1 - Math.fround(0.999)), 1e-6, "moment2");
      expect(own.get("beta1_pow_acc")?.data).toEqual(Float32Array.of(Math.fround(0.9) * Math.fround(0.9)));
      expect(own.get("beta2_pow_acc")?.data).toEqual(Float32Array.of(Math.fround(0.999) * Math.fround(0.999)));
    }
  });

  goldenFile("two.states", (bytes) => {
    expect(readStates(bytes)).toEqual({ epoch: 3, globalStep: 12, best: { acc: 0.5, best_epoch: 2 } });
  });

  goldenFile("hostile.pdparams", (bytes) => {
    expect(() => readPdparams(bytes)).toThrow(PickleError);
    expect(() => readPdparams(bytes)).toThrow(
      /asks for the Python global "posix\.system".*nothing was run \(at byte 13\)/s,
    );
  });

  golden("two-values.safetensors", (g) => {
    const { tensors, parameterNames } = readPdparams(goldenBytes("two.p4.pdparams"));
    const { accumulators } = readPdopt(goldenBytes("two.pdopt"));
    expect(g.names.sort()).toEqual([...tensors.keys()].sort());
    for (const [key, { shape, data }] of tensors) {
      const own = accumulators.get(parameterNames.get(key) ?? "");
      const before = data as Float32Array;
      expect(g.floats(key).shape, key).toEqual(shape);
      expectWithinMax(g.floats(key).data, own === undefined ? before : stepOfAdam(before, own), 1e-6, key);
    }
  });
});
