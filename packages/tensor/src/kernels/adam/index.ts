import type { AdamCall } from "./call.js";
import { plainAdam } from "./plain.js";

/** One step of Adam. */
export function runAdam(call: AdamCall): void {
  plainAdam(call);
}
