import type { RandomFillCall } from "./call.js";
import { plainRandomFill } from "./plain.js";

/** Random numbers. */
export function runRandomFill(call: RandomFillCall): void {
  plainRandomFill(call);
}
