import { simdFor } from "../choice.js";
import type { AdditiveAttentionCall, AdditiveAttentionGradCall } from "./call.js";
import { plainAdditiveAttention, plainAdditiveAttentionGrad } from "./plain.js";
import { simdAdditiveAttention, simdAdditiveAttentionGrad } from "./simd.js";

/** Attention weights of a query against a map. */
export function runAdditiveAttention(call: AdditiveAttentionCall): void {
  if (simdFor(call.query)) simdAdditiveAttention(call);
  else plainAdditiveAttention(call);
}

/** Gradients of attention weights. */
export function runAdditiveAttentionGrad(call: AdditiveAttentionGradCall): void {
  if (simdFor(call.query)) simdAdditiveAttentionGrad(call);
  else plainAdditiveAttentionGrad(call);
}
