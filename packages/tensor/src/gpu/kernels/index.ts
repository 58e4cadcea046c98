import type { KernelCalls } from "../../device.js";
import type { Kernel } from "../scratch.js";
import { conv2d, conv2dInputGrad, conv2dWeightGrad } from "./conv2d.js";
import { elementwise, fill, reduce } from "./elementwise.js";
import { gemm } from "./gemm.js";
import { batchNorm, batchNormGrad, batchNormInference, layerNorm, layerNormGrad } from "./normalization.js";
import { avgPool2d, avgPool2dGrad, maxPool2d, maxPool2dGrad } from "./pool2d.js";
import { crossEntropy, crossEntropyGrad, softmax, softmaxGrad } from "./softmax.js";

/** Every kernel that the device has; the CPU runs the others. */
export const kernels: { readonly [K in keyof KernelCalls]?: Kernel<KernelCalls[K]> } = {
  avgPool2d,
  avgPool2dGrad,
  batchNorm,
  batchNormGrad,
  batchNormInference,
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  crossEntropy,
  crossEntropyGrad,
  elementwise,
  fill,
  gemm,
  layerNorm,
  layerNormGrad,
  maxPool2d,
  maxPool2dGrad,
  reduce,
  softmax,
  softmaxGrad,
};
