import type { DropoutCall } from "./call.js";
import { plainDropout } from "./plain.js";

/** Dropout. */
export function runDropout(call: DropoutCall): void {
  plainDropout(call);
}
