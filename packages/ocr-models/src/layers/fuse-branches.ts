import { evaluate, expressions, pad, reshape, type Shape, scope, type Tensor, tensor } from "@retort/tensor";

/** A linear branch: a convolution without bias, then scale and shift of each channel. */
export interface LinearBranch {
  /** [out, in / groups, k, k] with an odd k; left out where the input itself is scaled and shifted. */
  readonly weight?: Tensor;
  /** [out] */
  readonly scale: Tensor;
  /** [out] */
  readonly shift: Tensor;
}

/**
 * The one convolution of kernel `shape` [out, in / groups, K, K] that does what the sum of all branches does: weights are
 * scaled, smaller kernels stand in the middle of a larger one, the input itself is a kernel with a 1 in its middle.
 * Source: Ding et al. 2021 (RepVGG); rec_lcnetv3.py LearnableRepLayer.rep.
 */
export function fuseBranches(branches: readonly LinearBranch[], shape: Shape): { weight: Tensor; bias: Tensor } {
  return scope(() => {
    const weights = branches.map(({ weight = unitKernel(shape), scale }) =>
      evaluate(expressions.mul, [enlarged(weight, shape[2]), reshape(scale, [-1, 1, 1, 1])]),
    );
    return { weight: total(weights), bias: total(branches.map(({ shift }) => shift)) };
  });
}

const total = (list: readonly Tensor[]): Tensor => list.reduce((a, b) => evaluate(expressions.add, [a, b]));

/** A kernel in the middle of one of `size` by `size`. */
function enlarged(weight: Tensor, size: number): Tensor {
  const margin = (size - weight.shape[2]) / 2;
  return margin === 0 ? weight : pad(pad(weight, 2, margin, margin), 3, margin, margin);
}

/** The convolution that gives back its input, for groups of `inputs` channels. */
function unitKernel([outputs, inputs, height, width]: Shape): Tensor {
  const values = new Float32Array(outputs * inputs * height * width);
  const middle = Math.floor(height / 2) * width + Math.floor(width / 2);
  for (let i = 0; i < outputs; i++) values[(i * inputs + (i % inputs)) * height * width + middle] = 1;
  return tensor(values, [outputs, inputs, height, width]);
}
