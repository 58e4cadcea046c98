import { simdFor } from "../choice.js";
import type { CrossEntropyCall, CrossEntropyGradCall } from "./call.js";
import { plainCrossEntropy, plainCrossEntropyGrad } from "./plain.js";
import { simdCrossEntropy, simdCrossEntropyGrad } from "./simd.js";

/** Cross-entropy of rows. */
export function runCrossEntropy(call: CrossEntropyCall): void {
  if (simdFor(call.logits)) simdCrossEntropy(call);
  else plainCrossEntropy(call);
}

/** Gradient of cross-entropy. */
export function runCrossEntropyGrad(call: CrossEntropyGradCall): void {
  if (simdFor(call.logits)) simdCrossEntropyGrad(call);
  else plainCrossEntropyGrad(call);
}
