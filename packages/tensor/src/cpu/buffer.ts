import type { DeviceBuffer, View } from "../device.js";
import { byteSize, type TypedArray } from "../dtype.js";
import { sizeOf } from "../shape.js";
import { heap } from "./heap.js";

/** A block of the heap. */
export interface CpuBuffer extends DeviceBuffer {
  readonly address: number;
}

/** The address, in bytes, of a view's first element. */
export function addressOf(view: View): number {
  return (view.buffer as CpuBuffer).address + view.offset * byteSize(view.dtype);
}

/**
 * The whole buffer of a view as a typed array; element (i, j, ...) lies at `offset + i * strides[0] + ...`.
 * Valid until the heap grows, so never kept across an allocation.
 */
export function elements(view: View): TypedArray {
  const { address, bytes } = view.buffer as CpuBuffer;
  const memory = heap().memory.buffer;
  const length = bytes / byteSize(view.dtype);
  switch (view.dtype) {
    case "float32":
      return new Float32Array(memory, address, length);
    case "float64":
      return new Float64Array(memory, address, length);
    case "int32":
      return new Int32Array(memory, address, length);
    case "uint8":
    case "bool":
      return new Uint8Array(memory, address, length);
  }
}

/** True when every view is float32, so that a SIMD kernel may read it. */
export function allFloat32(...views: readonly View[]): boolean {
  return views.every((view) => view.dtype === "float32");
}

/** The elements of a contiguous view. Valid until the heap grows. */
export function contiguousElements(view: View): TypedArray {
  return elements(view).subarray(view.offset, view.offset + sizeOf(view.shape));
}
