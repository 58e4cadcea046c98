import { type Shape, sameShape } from "@retort/tensor";
import type { Variable } from "../variable.js";
import { sum } from "./sum.js";
import { reshape } from "./views.js";

/**
 * Undoes broadcasting: sums `x` over the axes that were repeated to get from `shape` to the shape of `x`.
 * The only place where that happens.
 */
export function sumTo(x: Variable, shape: Shape): Variable {
  if (sameShape(x.shape, shape)) return x;
  const shift = x.shape.length - shape.length;
  const axes = x.shape
    .map((_, axis) => axis)
    .filter((axis) => axis < shift || (shape[axis - shift] === 1 && x.shape[axis] !== 1));
  return reshape(axes.length === 0 ? x : sum(x, { axes }), shape);
}
