import { simdFor } from "../choice.js";
import type { ArgmaxCall } from "./call.js";
import { plainArgmax } from "./plain.js";
import { simdArgmax } from "./simd.js";

/** Index of the largest element of each row. */
export function runArgmax(call: ArgmaxCall): void {
  if (simdFor(call.input)) simdArgmax(call);
  else plainArgmax(call);
}
