import type { CrossEntropyCall, CrossEntropyGradCall } from "./call.js";
import { plainCrossEntropy, plainCrossEntropyGrad } from "./plain.js";

/** Cross-entropy of rows. */
export function runCrossEntropy(call: CrossEntropyCall): void {
  plainCrossEntropy(call);
}

/** Gradient of cross-entropy. */
export function runCrossEntropyGrad(call: CrossEntropyGradCall): void {
  plainCrossEntropyGrad(call);
}
