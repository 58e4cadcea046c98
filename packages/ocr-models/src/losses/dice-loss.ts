import {
  add,
  div,
  elementwise,
  mul,
  type Operand,
  type SumOverParts,
  sub,
  sum,
  sumOverParts,
  type Variable,
} from "@retort/autograd";
import { type Expression, expression, type Tensor } from "@retort/tensor";

const overlap = expression(({ p, g, m }) => p.mul(g).mul(m));
const total = expression(({ p, g, m }) => p.add(g).mul(m));

/**
 * 1 - 2 Σ p g m / (Σ p m + Σ g m + epsilon) of probabilities p and targets g where the mask m counts, all of one shape;
 * one number for the whole batch, from 0 to 1. `overParts` adds up over the processes that hold parts of the batch, see
 * `sumOverParts`.
 * Source: Milletari et al. 2016 (V-Net); det_basic_loss.py DiceLoss.
 * @throws ShapeError when the shapes do not fit
 */
export function diceLoss(
  probabilities: Operand,
  target: Tensor,
  mask: Tensor,
  epsilon = 1e-6,
  overParts?: SumOverParts,
): Variable {
  const summed = (summand: Expression): Variable =>
    sumOverParts(sum(elementwise(summand, [probabilities, target, mask])), overParts);
  return sub(1, div(mul(summed(overlap), 2), add(summed(total), epsilon)));
}
