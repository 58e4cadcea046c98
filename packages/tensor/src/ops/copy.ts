import type { DType } from "../dtype.js";
import { identity } from "../expr/library.js";
import type { Tensor } from "../tensor.js";
import { evaluate, evaluateInto } from "./evaluate.js";

/** A contiguous copy. */
export function copy(x: Tensor): Tensor {
  return evaluate(identity, [x]);
}

/** `x` with its elements in row-major order without gaps: another handle of the same memory if it has them already. */
export function contiguous(x: Tensor): Tensor {
  return x.contiguous ? x.view(x.shape, x.strides, x.offset) : copy(x);
}

/** A copy with another element type; numbers are cut towards zero on the way to integers, and compared with 0 for bool. */
export function cast(x: Tensor, dtype: DType): Tensor {
  return evaluate(identity, [x], [], dtype);
}

/** Writes `source`, broadcast and converted, into `target`, in place. @throws ShapeError */
export function assign(target: Tensor, source: Tensor): void {
  evaluateInto(target, identity, [source]);
}
