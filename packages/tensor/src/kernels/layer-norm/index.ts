import type { LayerNormCall, LayerNormGradCall } from "./call.js";
import { plainLayerNorm, plainLayerNormGrad } from "./plain.js";

/** Layer normalization. */
export function runLayerNorm(call: LayerNormCall): void {
  plainLayerNorm(call);
}

/** Gradients of layer normalization. */
export function runLayerNormGrad(call: LayerNormGradCall): void {
  plainLayerNormGrad(call);
}
