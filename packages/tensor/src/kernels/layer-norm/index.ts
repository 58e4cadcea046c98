import { simdFor } from "../choice.js";
import type { LayerNormCall, LayerNormGradCall } from "./call.js";
import { plainLayerNorm, plainLayerNormGrad } from "./plain.js";
import { simdLayerNorm, simdLayerNormGrad } from "./simd.js";

/** Layer normalization. */
export function runLayerNorm(call: LayerNormCall): void {
  if (simdFor(call.input)) simdLayerNorm(call);
  else plainLayerNorm(call);
}

/** Gradients of layer normalization. */
export function runLayerNormGrad(call: LayerNormGradCall): void {
  if (simdFor(call.input)) simdLayerNormGrad(call);
  else plainLayerNormGrad(call);
}
