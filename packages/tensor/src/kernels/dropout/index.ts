import { simdFor } from "../choice.js";
import type { DropoutCall } from "./call.js";
import { dropoutConstants, plainDropout } from "./plain.js";
import { simdDropout } from "./simd.js";

/** Dropout. */
export function runDropout(call: DropoutCall): void {
  const fitsWord = dropoutConstants(call.probability).threshold < 2 ** 32;
  if (fitsWord && simdFor(call.input)) simdDropout(call);
  else plainDropout(call);
}
