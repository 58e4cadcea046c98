import { contiguousElements, elements } from "../../cpu/buffer.js";
import { isContiguous } from "../../shape.js";
import { forEachOffset } from "../offsets.js";
import type { FillCall } from "./call.js";

/** Fills; typed arrays do it at memory speed, so there is no SIMD form. */
export function runFill({ value, output }: FillCall): void {
  if (isContiguous(output.shape, output.strides)) {
    contiguousElements(output).fill(value);
    return;
  }
  const data = elements(output);
  forEachOffset(output.shape, [output], ([at]) => {
    data[at] = value;
  });
}
