import type { Expression } from "../../expr/expression.js";
import type { Lane } from "../../expr/lanes.js";
import type { F32x4 } from "../../wasm/index.js";
import type { ReduceCall } from "./call.js";

/** How values are folded. */
export type Fold = ReduceCall["kind"];

/** What folding nothing gives. */
export const foldStart: { readonly [K in Fold]: number } = {
  sum: 0,
  max: Number.NEGATIVE_INFINITY,
  min: Number.POSITIVE_INFINITY,
};

/** One more vector of values in an accumulator; NaN stays. */
export function combine(kind: Fold, accumulator: F32x4, values: F32x4): F32x4 {
  if (kind === "sum") return accumulator.add(values);
  return kind === "max" ? accumulator.max(values) : accumulator.min(values);
}

/** What a reducing kernel is made for. */
export interface ReduceVariant {
  readonly kind: Fold;
  readonly expression: Expression;
  /** Kept dimensions outside of the innermost dimension. */
  readonly kept: number;
  /** Reduced dimensions outside of the one that is run through. */
  readonly line: number;
  /** How each input, then the output, is walked in the innermost dimension. */
  readonly walks: readonly Lane["walk"][];
}
