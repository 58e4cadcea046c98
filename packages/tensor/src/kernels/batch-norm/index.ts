import type { BatchNormCall, BatchNormGradCall, BatchNormInferenceCall } from "./call.js";
import { plainBatchNorm, plainBatchNormGrad, plainBatchNormInference } from "./plain.js";

/** Batch normalization with the statistics of the batch. */
export function runBatchNorm(call: BatchNormCall): void {
  plainBatchNorm(call);
}

/** Gradients of batch normalization. */
export function runBatchNormGrad(call: BatchNormGradCall): void {
  plainBatchNormGrad(call);
}

/** Batch normalization with given statistics. */
export function runBatchNormInference(call: BatchNormInferenceCall): void {
  plainBatchNormInference(call);
}
