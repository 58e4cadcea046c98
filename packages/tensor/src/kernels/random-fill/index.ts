import { simdFor } from "../choice.js";
import type { RandomFillCall } from "./call.js";
import { plainRandomFill } from "./plain.js";
import { simdRandomUniform } from "./simd.js";

/** Random numbers. Normal ones, which only initialise, have no SIMD form. */
export function runRandomFill(call: RandomFillCall): void {
  if (call.kind === "uniform" && simdFor(call.output)) simdRandomUniform(call);
  else plainRandomFill(call);
}
