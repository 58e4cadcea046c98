import { simdFor } from "../choice.js";
import type { AdamCall } from "./call.js";
import { plainAdam } from "./plain.js";
import { simdAdam } from "./simd.js";

/** One step of Adam. */
export function runAdam(call: AdamCall): void {
  if (simdFor(call.parameter)) simdAdam(call);
  else plainAdam(call);
}
