import { denseConv2d, denseInputGrad, denseWeightGrad } from "./dense.js";
import { depthwiseConv2d, depthwiseInputGrad, depthwiseWeightGrad, hasDepthwiseKernel } from "./depthwise.js";
import { anyDepthwise, anyDepthwiseInputGrad, anyDepthwiseWeightGrad } from "./depthwise-any.js";
import { type ConvShape, isDepthwise } from "./geometry.js";
import { isTiling, tilingConv2d, tilingInputGrad, tilingWeightGrad } from "./tiling.js";

export type { ConvShape } from "./geometry.js";

/** Addresses of the contiguous float32 operands of a convolution, in bytes. */
export interface ConvAddresses {
  /** [N, C, H, W] */
  readonly input: number;
  /** [O, C / groups, kh, kw] */
  readonly weight: number;
  /** [O], if any. */
  readonly bias?: number;
  /** [N, O, OH, OW] */
  readonly output: number;
}

/** Convolution: writes `output`. Bits do not depend on the number of threads. */
export function simdConv2d(shape: ConvShape, { input, weight, bias, output }: ConvAddresses): void {
  if (isDepthwise(shape))
    (hasDepthwiseKernel(shape) ? depthwiseConv2d : anyDepthwise)(shape, input, weight, bias, output);
  else (isTiling(shape) ? tilingConv2d : denseConv2d)(shape, input, weight, bias, output);
}

/** Gradient of the input: reads `output` as the gradient of the output, and writes `input`. */
export function simdConv2dInputGrad(shape: ConvShape, { input, weight, output }: ConvAddresses): void {
  if (isDepthwise(shape))
    (hasDepthwiseKernel(shape) ? depthwiseInputGrad : anyDepthwiseInputGrad)(shape, output, weight, input);
  else (isTiling(shape) ? tilingInputGrad : denseInputGrad)(shape, output, weight, input);
}

/** Gradient of the weight, summed over images in order: reads `input` and `output` (its gradient), writes `weight`. */
export function simdConv2dWeightGrad(shape: ConvShape, { input, weight, output }: ConvAddresses): void {
  if (isDepthwise(shape))
    (hasDepthwiseKernel(shape) ? depthwiseWeightGrad : anyDepthwiseWeightGrad)(shape, input, output, weight);
  else (isTiling(shape) ? tilingWeightGrad : denseWeightGrad)(shape, input, output, weight);
}
