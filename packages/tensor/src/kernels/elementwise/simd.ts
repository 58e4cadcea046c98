import { addressOf } from "../../cpu/buffer.js";
import { parallelFor } from "../../cpu/threads.js";
import { planElementwise } from "../../expr/simd.js";
import type { ElementwiseCall } from "./call.js";

/** Evaluates the expression on float32 views of any strides, four elements at a time. */
export function simdElementwise({ expression, inputs, parameters, output }: ElementwiseCall): void {
  const arrays = inputs.map((view) => ({ address: addressOf(view), strides: view.strides }));
  const target = { address: addressOf(output), strides: output.strides };
  for (const { kernel, args, count, grain } of planElementwise(expression, output.shape, arrays, parameters, target)) {
    parallelFor(kernel, args, count, grain);
  }
}
