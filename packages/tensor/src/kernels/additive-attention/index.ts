import type { AdditiveAttentionCall, AdditiveAttentionGradCall } from "./call.js";
import { plainAdditiveAttention, plainAdditiveAttentionGrad } from "./plain.js";

/** Attention weights of a query against a map. */
export function runAdditiveAttention(call: AdditiveAttentionCall): void {
  plainAdditiveAttention(call);
}

/** Gradients of attention weights. */
export function runAdditiveAttentionGrad(call: AdditiveAttentionGradCall): void {
  plainAdditiveAttentionGrad(call);
}
