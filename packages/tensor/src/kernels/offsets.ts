import type { View } from "../device.js";
import { type Shape, sizeOf } from "../shape.js";

/**
 * Visits the elements of `shape` in row-major order with the position of each in every view's buffer.
 * For plain twins: right for all strides, not fast.
 */
export function forEachOffset(
  shape: Shape,
  views: readonly Pick<View, "strides" | "offset">[],
  visit: (positions: readonly number[]) => void,
): void {
  const index = new Array<number>(shape.length).fill(0);
  const positions = views.map((view) => view.offset);
  for (let left = sizeOf(shape); left > 0; left--) {
    visit(positions);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]++;
      for (let v = 0; v < views.length; v++) positions[v] += views[v].strides[axis];
      if (index[axis] < shape[axis]) break;
      for (let v = 0; v < views.length; v++) positions[v] -= views[v].strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}
