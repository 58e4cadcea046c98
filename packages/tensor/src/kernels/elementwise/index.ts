import type { ElementwiseCall } from "./call.js";
import { plainElementwise } from "./plain.js";

/** Evaluates an expression for every element. */
export function runElementwise(call: ElementwiseCall): void {
  plainElementwise(call);
}
