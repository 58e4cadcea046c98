import { allFloat32 } from "../../cpu/buffer.js";
import { kernelSet } from "../../cpu/threads.js";
import type { ElementwiseCall } from "./call.js";
import { plainElementwise } from "./plain.js";
import { simdElementwise } from "./simd.js";

/** More of these do not fit into a kernel's argument words. */
const maximumInputs = 6;
const maximumParameters = 8;

/** Evaluates an expression for every element. */
export function runElementwise(call: ElementwiseCall): void {
  const { inputs, parameters, output } = call;
  const fits = inputs.length <= maximumInputs && parameters.length <= maximumParameters && output.shape.length <= 5;
  if (kernelSet() !== "plain" && fits && allFloat32(...inputs, output)) simdElementwise(call);
  else plainElementwise(call);
}
