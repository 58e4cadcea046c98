import type { KernelCalls, View } from "../device.js";

/** The fields of every kernel's call that it writes. */
const outputs: { readonly [K in keyof KernelCalls]: readonly (keyof KernelCalls[K])[] } = {
  adam: ["parameter", "m", "v"],
  additiveAttention: ["output"],
  additiveAttentionGrad: ["queryGrad", "keyGrad", "scoreGrad", "scoreBiasGrad"],
  argmax: ["output"],
  avgPool2d: ["output"],
  avgPool2dGrad: ["output"],
  batchNorm: ["output", "mean", "variance", "inverseStd"],
  batchNormGrad: ["inputGrad", "gammaGrad", "betaGrad"],
  batchNormInference: ["output"],
  conv2d: ["output"],
  conv2dInputGrad: ["output"],
  conv2dWeightGrad: ["output"],
  crossEntropy: ["loss", "logSumExp"],
  crossEntropyGrad: ["output"],
  ctc: ["loss", "logSumExp", "alpha"],
  ctcGrad: ["output"],
  dropout: ["output"],
  elementwise: ["output"],
  fill: ["output"],
  gatherRows: ["output"],
  gemm: ["output"],
  largest: ["output"],
  layerNorm: ["output", "mean", "inverseStd"],
  layerNormGrad: ["inputGrad", "gammaGrad", "betaGrad"],
  lstm: ["output", "cell", "activations"],
  lstmGrad: ["gatesGrad", "initialHGrad", "initialCGrad"],
  maxPool2d: ["output", "indices"],
  maxPool2dGrad: ["output"],
  pick: ["output"],
  pickGrad: ["output"],
  randomFill: ["output"],
  reduce: ["output"],
  scatterAddRows: ["output"],
  softmax: ["output"],
  softmaxGrad: ["output"],
};

/** The views that a call of a kernel writes; an output that the call does not ask for is none. */
export function outputsOf<K extends keyof KernelCalls>(kernel: K, call: KernelCalls[K]): View[] {
  return outputs[kernel].map((name) => call[name] as View | undefined).filter((view) => view !== undefined);
}
