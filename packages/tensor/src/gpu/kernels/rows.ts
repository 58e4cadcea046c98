import type { ArrayView } from "../array-view.js";
import type { Scratch } from "../scratch.js";

/** A vector as one column, [n, 1]. */
export function columns(view: ArrayView): ArrayView {
  return { ...view, shape: [view.shape[0], 1], strides: [view.strides[0], 0] };
}

/** The numbers 0 to `count` - 1 as one row, [1, count]. */
export function positions(scratch: Scratch, count: number): ArrayView {
  return scratch.host(
    Float32Array.from({ length: count }, (_, i) => i),
    [1, count],
  );
}
