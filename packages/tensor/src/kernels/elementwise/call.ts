import type { View } from "../../device.js";
import type { Expression } from "../../expr/expression.js";

/** Evaluates one expression for every element of `output`. */
export interface ElementwiseCall {
  readonly expression: Expression;
  /** In the order of `expression.inputs`, each already broadcast to the shape of `output` (strides of 0). */
  readonly inputs: readonly View[];
  /** Values of the scalar parameters, in the order of `expression.parameters`. */
  readonly parameters: readonly number[];
  /** May share its buffer with an input of the same layout. */
  readonly output: View;
}
