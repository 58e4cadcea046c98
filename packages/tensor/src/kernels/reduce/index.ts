import { allFloat32 } from "../../cpu/buffer.js";
import { kernelSet } from "../../cpu/threads.js";
import type { ReduceCall } from "./call.js";
import { plainReduce } from "./plain.js";
import { simdReduce } from "./simd.js";

/** More of these do not fit into a kernel's argument words. */
const maximumInputs = 4;
const maximumParameters = 8;

/** Folds an expression over some axes. */
export function runReduce(call: ReduceCall): void {
  const { inputs, parameters, output } = call;
  const [{ shape }] = inputs;
  const fits = inputs.length <= maximumInputs && parameters.length <= maximumParameters && shape.length <= 5;
  if (kernelSet() !== "plain" && fits && !shape.includes(0) && allFloat32(...inputs, output)) simdReduce(call);
  else plainReduce(call);
}
