import type { KernelCalls } from "../../device.js";
import type { Kernel } from "../scratch.js";
import { adam } from "./adam.js";
import { additiveAttention, additiveAttentionGrad } from "./additive-attention.js";
import { conv2d, conv2dInputGrad, conv2dWeightGrad } from "./conv2d.js";
import { elementwise, fill, reduce } from "./elementwise.js";
import { gatherRows, pick, pickGrad, scatterAddRows } from "./gather.js";
import { gemm } from "./gemm.js";
import { argmax, largest } from "./largest.js";
import { lstm, lstmGrad } from "./lstm.js";
import { batchNorm, batchNormGrad, batchNormInference, layerNorm, layerNormGrad } from "./normalization.js";
import { avgPool2d, avgPool2dGrad, maxPool2d, maxPool2dGrad } from "./pool2d.js";
import { dropout, randomFill } from "./random.js";
import { crossEntropy, crossEntropyGrad, softmax, softmaxGrad } from "./softmax.js";

/** Every kernel that the device has; the CPU runs the others. */
export const kernels: { readonly [K in keyof KernelCalls]?: Kernel<KernelCalls[K]> } = {
  adam,
  additiveAttention,
  additiveAttentionGrad,
  gatherRows,
  pick,
  pickGrad,
  scatterAddRows,
  argmax,
  largest,
  lstm,
  lstmGrad,
  dropout,
  randomFill,
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
