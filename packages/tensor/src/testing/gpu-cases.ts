import { cpu } from "../cpu/device.js";
import { withDevice } from "../devices.js";
import type { GpuDevice } from "../gpu/device.js";
import * as T from "../index.js";
import { numbers } from "./numbers.js";

const floats = (shape: number[], seed = 1): T.Tensor => numbers(shape, seed, "float32");
const integers = (...values: number[]): T.Tensor => T.tensor(Int32Array.from(values));

const convolution = { stride: [2, 1], padding: [1, 1], dilation: [1, 1], groups: 2 } as const;
const window = { kernel: [2, 2], stride: [2, 1], padding: [0, 1] } as const;
const functions = T.expression(({ x }) =>
  x.abs().add(0.1).log().exp().sqrt().add(x.tanh()).mul(x.sigmoid()).add(x.floor()).add(x.sign()),
);

/** Every kernel once; its gradient where it has one. Lengths are odd, one sum is longer than 1,000. */
export const gpuCases: Readonly<Record<string, () => T.Tensor | readonly T.Tensor[]>> = {
  "broadcast and transposed": () => T.evaluate(T.expressions.mul, [T.transpose(floats([3, 4, 5])), floats([5, 1], 2)]),
  functions: () => T.evaluate(functions, [floats([50])]),
  "not finite": () =>
    T.evaluate(
      T.expression(({ x }) => T.maxTerm(x, 0)),
      [T.tensor([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1])],
    ),
  "logarithm of 0": () => T.evaluate(T.expressions.log, [T.tensor([0, 1, 1e-30])]),
  "sum in two stages": () => T.sum(floats([70_000])),
  maximum: () => T.max(floats([30, 300]), { axes: 1 }),
  "matrix product": () => T.matmul(floats([2, 5, 2000]), T.transpose(floats([2, 7, 2000], 2)), floats([7], 3)),
  concat: () => T.concat([floats([2, 3]), floats([2, 2], 2)], 1),
  conv2d: () => T.conv2d(floats([2, 4, 5, 6]), floats([6, 2, 3, 3], 2), convolution, floats([6], 3)),
  conv2dInputGrad: () => T.conv2dInputGrad(floats([2, 6, 3, 6]), floats([6, 2, 3, 3], 2), [2, 4, 5, 6], convolution),
  conv2dWeightGrad: () => T.conv2dWeightGrad(floats([2, 4, 5, 6]), floats([2, 6, 3, 6], 2), [6, 2, 3, 3], convolution),
  maxPool2d: () => {
    const { output, indices } = T.maxPool2d(floats([2, 3, 6, 5]), window);
    return [output, indices, T.maxPool2dGrad(output, indices, [2, 3, 6, 5], window)];
  },
  avgPool2d: () => {
    const output = T.avgPool2d(floats([2, 3, 6, 5]), window);
    return [output, T.avgPool2dGrad(output, [2, 3, 6, 5], window)];
  },
  softmax: () => {
    const [y, log] = [T.softmax(floats([5, 9])), T.logSoftmax(floats([5, 9]))];
    return [y, log, T.softmaxGrad(floats([5, 9], 2), y), T.logSoftmaxGrad(floats([5, 9], 2), log)];
  },
  crossEntropy: () => {
    const [logits, labels] = [floats([3, 5]), integers(1, 4, 0)];
    const { loss, logSumExp } = T.crossEntropyRows(logits, labels, 0);
    return [loss, T.crossEntropyRowsGrad(floats([3], 2), logits, labels, logSumExp, 0)];
  },
  batchNorm: () => {
    const { output, mean, variance } = T.batchNorm(floats([3, 4, 5, 2]), floats([4], 2), floats([4], 3), 1e-5);
    return [output, mean, variance];
  },
  layerNorm: () => {
    const { output, mean, inverseStd } = T.layerNorm(floats([3, 4, 5]), floats([5], 2), floats([5], 3), 1e-5);
    const grads = T.layerNormGrad(floats([3, 4, 5], 4), floats([3, 4, 5]), mean, inverseStd, floats([5], 2));
    return [output, grads.x, grads.gamma, grads.beta];
  },
  gather: () => [
    T.gatherRows(floats([5, 3]), integers(4, 0, 4)),
    T.scatterAddRows(floats([3, 3]), integers(4, 0, 4), 5),
  ],
  lstm: () => {
    const [weightHh, options] = [floats([12, 3], 2), { reverse: true }];
    const initial = { h: floats([2, 3], 4), c: floats([2, 3], 5) };
    return [undefined, initial].flatMap((state) => {
      const result = T.lstmSequence(floats([2, 5, 12]), weightHh, options, state);
      const inputs = { ...result, outputGrad: floats([2, 5, 3], 3), weightHh, options, initial: state };
      const grads = T.lstmSequenceGrad(inputs);
      return [result.output, grads.gates, grads.weightHh, ...Object.values(grads.initial ?? {})];
    });
  },
  largest: () => [T.argmax(floats([4, 7])), T.largest(floats([10]), T.tensor(3))],
  "random numbers, released before they are drawn": () =>
    T.scope(() => T.evaluate(T.expressions.square, [T.randomUniform([9], -1, 1, [1, 2], 3)])),
  dropout: () => T.dropout(floats([20]), 0.3, [1, 2], 3),
};

/** How a case went on a GPU. */
export interface GpuOutcome {
  /** The largest difference from the CPU's numbers, as a part of what rounding allows. */
  readonly error: number;
  /** Kernels that the CPU had to run. */
  readonly fallbacks: readonly string[];
  /** Arrays that are still on the device when the results have been read and released. */
  readonly liveArrays: number;
}

/** Runs a case on the CPU and on a GPU. */
export async function outcomeOf(gpu: GpuDevice, make: () => T.Tensor | readonly T.Tensor[]): Promise<GpuOutcome> {
  const list = (): T.Tensor[] => [make()].flat();
  const expected = T.scope(() => withDevice(cpu(), list).map((x) => x.dataSync()));
  gpu.resetCounts();
  const tensors = T.scope(() => withDevice(gpu, list).map(T.keep));
  let error = 0;
  for (const [i, x] of tensors.entries()) {
    const found = await x.data();
    x.release();
    // A sum of n products rounds by at most n halves of a step; n is below 2,001 but for one sum in two stages.
    const bound = 2000 * 2 ** -24 * Math.max(1, ...Array.from(expected[i]).filter(Number.isFinite).map(Math.abs));
    for (const [at, value] of expected[i].entries()) {
      if (Object.is(found[at], value)) continue;
      const difference = Math.abs(found[at] - value) / bound;
      error = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(error, difference);
    }
  }
  return { error, fallbacks: [...gpu.fallbacks.keys()], liveArrays: gpu.liveArrays };
}
