import type { ReduceCall } from "./call.js";
import { plainReduce } from "./plain.js";

/** Folds an expression over some axes. */
export function runReduce(call: ReduceCall): void {
  plainReduce(call);
}
