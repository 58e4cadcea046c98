import { rowMajorStrides, type Shape } from "../shape.js";
import type { DeviceArray } from "./arrays.js";

/** How a kernel of the device sees an array; strides and offset count elements. */
export interface ArrayView {
  readonly array: DeviceArray;
  readonly shape: Shape;
  readonly strides: Shape;
  readonly offset: number;
}

/** The whole array in row-major order. */
export function wholeView(array: DeviceArray, shape: Shape): ArrayView {
  return { array, shape, strides: rowMajorStrides(shape), offset: 0 };
}

/** A contiguous view under another shape of the same size. */
export function reshaped({ array, offset }: ArrayView, shape: Shape): ArrayView {
  return { array, shape, strides: rowMajorStrides(shape), offset };
}
