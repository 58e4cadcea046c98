import { elements } from "../../cpu/buffer.js";
import type { View } from "../../device.js";
import { runPlain, type StridedArray } from "../../expr/plain.js";
import type { ElementwiseCall } from "./call.js";

/** Evaluates the expression block by block; right for all dtypes and strides. */
export function plainElementwise({ expression, inputs, parameters, output }: ElementwiseCall): void {
  const arrays = inputs.map(strided);
  runPlain(expression, output.shape, arrays, parameters, strided(output), output.dtype === "bool");
}

function strided(view: View): StridedArray {
  return { data: elements(view), offset: view.offset, strides: view.strides };
}
