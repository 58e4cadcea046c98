import type { CtcCall, CtcGradCall } from "./call.js";
import { plainCtc, plainCtcGrad } from "./plain.js";

/** CTC losses of a batch. */
export function runCtc(call: CtcCall): void {
  plainCtc(call);
}

/** Gradient of CTC losses. */
export function runCtcGrad(call: CtcGradCall): void {
  plainCtcGrad(call);
}
