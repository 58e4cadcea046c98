import type { KernelCalls, View } from "../device.js";
import { sizeOf } from "../shape.js";

type Counts = { readonly [K in keyof KernelCalls]?: (call: KernelCalls[K]) => number };

/** Products of one output of a convolution with this weight. */
const perOutput = ({ shape: [, ...lengths] }: View): number => 2 * sizeOf(lengths);

const counts: Counts = {
  gemm: ({ a, output }) => 2 * sizeOf(output.shape) * a.shape[2],
  conv2d: ({ weight, output }) => sizeOf(output.shape) * perOutput(weight),
  conv2dInputGrad: ({ weight, grad }) => sizeOf(grad.shape) * perOutput(weight),
  conv2dWeightGrad: ({ output, grad }) => sizeOf(grad.shape) * perOutput(output),
  lstm: ({ gates, output }) => 2 * sizeOf(gates.shape) * output.shape[2],
  lstmGrad: ({ gatesGrad, cell }) => 2 * sizeOf(gatesGrad.shape) * cell.shape[2],
};

/**
 * Multiplications and additions of a call, those with padding included; undefined for kernels whose time goes into reading
 * and writing.
 */
export function operationsOf<K extends keyof KernelCalls>(kernel: K, call: KernelCalls[K]): number | undefined {
  return counts[kernel]?.(call);
}
