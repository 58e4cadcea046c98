import { simdFor } from "../choice.js";
import type { BatchNormCall, BatchNormGradCall, BatchNormInferenceCall } from "./call.js";
import { plainBatchNorm, plainBatchNormGrad, plainBatchNormInference } from "./plain.js";
import { simdBatchNorm, simdBatchNormGrad, simdBatchNormInference } from "./simd.js";

/** Batch normalization with the statistics of the batch. */
export function runBatchNorm(call: BatchNormCall): void {
  if (simdFor(call.input)) simdBatchNorm(call);
  else plainBatchNorm(call);
}

/** Gradients of batch normalization. */
export function runBatchNormGrad(call: BatchNormGradCall): void {
  if (simdFor(call.input)) simdBatchNormGrad(call);
  else plainBatchNormGrad(call);
}

/** Batch normalization with given statistics. */
export function runBatchNormInference(call: BatchNormInferenceCall): void {
  if (simdFor(call.input)) simdBatchNormInference(call);
  else plainBatchNormInference(call);
}
