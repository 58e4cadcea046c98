import { simdFor } from "../choice.js";
import type { CtcCall, CtcGradCall } from "./call.js";
import { plainCtc, plainCtcGrad } from "./plain.js";
import { simdCtc, simdCtcGrad } from "./simd.js";

/** CTC losses of a batch. */
export function runCtc(call: CtcCall): void {
  if (simdFor(call.logits)) simdCtc(call);
  else plainCtc(call);
}

/** Gradient of CTC losses. */
export function runCtcGrad(call: CtcGradCall): void {
  if (simdFor(call.logits)) simdCtcGrad(call);
  else plainCtcGrad(call);
}
