import { elements } from "../../cpu/buffer.js";
import { forEachOffset } from "../offsets.js";
import type { FillCall } from "./call.js";

/**
 * Fills; typed arrays do it at memory speed, so there is no SIMD form. What is contiguous in the last axes is filled at
 * once.
 */
export function runFill({ value, output }: FillCall): void {
  const { shape, strides, offset } = output;
  let axis = shape.length;
  let run = 1;
  while (axis > 0 && (strides[axis - 1] === run || shape[axis - 1] === 1)) run *= shape[--axis];
  if (run === 0) return;
  const data = elements(output);
  forEachOffset(shape.slice(0, axis), [{ strides: strides.slice(0, axis), offset }], ([at]) => {
    data.fill(value, at, at + run);
  });
}
