import { denseConv2d, denseInputGrad, denseWeightGrad } from "./dense.js";
import { depthwiseConv2d, depthwiseInputGrad, depthwiseWeightGrad, hasDepthwiseKernel } from "./depthwise.js";
import { anyDepthwise, anyDepthwiseInputGrad, anyDepthwiseWeightGrad } from "./depthwise-any.js";
import { fftConv2d, fftInputGrad, fftWeightGrad, suitsFft } from "./fft/index.js";
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

/** The kernels that are made for a shape. */
function kernelsFor(shape: ConvShape): {
  readonly conv2d: (s: ConvShape, input: number, weight: number, bias: number | undefined, output: number) => void;
  readonly inputGrad: (s: ConvShape, grad: number, weight: number, input: number) => void;
  readonly weightGrad: (s: ConvShape, input: number, grad: number, weight: number) => void;
} {
  if (isDepthwise(shape)) {
    return hasDepthwiseKernel(shape)
      ? { conv2d: depthwiseConv2d, inputGrad: depthwiseInputGrad, weightGrad: depthwiseWeightGrad }
      : { conv2d: anyDepthwise, inputGrad: anyDepthwiseInputGrad, weightGrad: anyDepthwiseWeightGrad };
  }
  if (isTiling(shape)) return { conv2d: tilingConv2d, inputGrad: tilingInputGrad, weightGrad: tilingWeightGrad };
  if (suitsFft(shape)) return { conv2d: fftConv2d, inputGrad: fftInputGrad, weightGrad: fftWeightGrad };
  return { conv2d: denseConv2d, inputGrad: denseInputGrad, weightGrad: denseWeightGrad };
}

/** Convolution: writes `output`. Bits do not depend on the number of threads. */
export function simdConv2d(shape: ConvShape, { input, weight, bias, output }: ConvAddresses): void {
  kernelsFor(shape).conv2d(shape, input, weight, bias, output);
}

/** Gradient of the input: reads `output` as the gradient of the output, and writes `input`. */
export function simdConv2dInputGrad(shape: ConvShape, { input, weight, output }: ConvAddresses): void {
  kernelsFor(shape).inputGrad(shape, output, weight, input);
}

/** Gradient of the weight, summed over images in order: reads `input` and `output` (its gradient), writes `weight`. */
export function simdConv2dWeightGrad(shape: ConvShape, { input, weight, output }: ConvAddresses): void {
  kernelsFor(shape).weightGrad(shape, input, output, weight);
}
