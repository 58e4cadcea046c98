import type { View } from "../../device.js";
import type { Expression } from "../../expr/expression.js";

/** Folds `expression(inputs)` over some axes. */
export interface ReduceCall {
  readonly kind: "sum" | "max" | "min";
  readonly expression: Expression;
  /** In the order of `expression.inputs`, each already broadcast to one common shape. */
  readonly inputs: readonly View[];
  readonly parameters: readonly number[];
  /** Axes of the common shape, ascending, not empty. */
  readonly axes: readonly number[];
  /** Contiguous, with length 1 at every reduced axis. */
  readonly output: View;
}
