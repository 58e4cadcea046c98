import { div, elementwise, type Operand, type SumOverParts, sum, sumOverParts, type Variable } from "@retort/autograd";
import * as T from "@retort/tensor";

const difference = T.expression(({ p, g, m }) => p.sub(g).abs().mul(m));
const plus = T.expression(({ x }, { epsilon }) => x.add(epsilon));

/**
 * Σ |p - g| m / (Σ m + epsilon) of values p and targets g where the mask m counts, all of one shape; 0 where it counts
 * nowhere. `overParts` adds up over the processes that hold parts of the batch, see `sumOverParts`.
 * Source: det_basic_loss.py MaskL1Loss.
 * @throws ShapeError when the shapes do not fit
 */
export function maskedL1Loss(
  values: Operand,
  target: T.Tensor,
  mask: T.Tensor,
  epsilon = 1e-6,
  overParts?: SumOverParts,
): Variable {
  const distance = sumOverParts(sum(elementwise(difference, [values, target, mask])), overParts);
  const count = sumOverParts(T.sum(mask), overParts).value;
  return div(distance, T.evaluate(plus, [count], [epsilon]));
}
