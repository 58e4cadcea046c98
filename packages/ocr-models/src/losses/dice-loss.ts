import { add, div, elementwise, mul, type Operand, sub, sum, type Variable } from "@retort/autograd";
import { expression, type Tensor } from "@retort/tensor";

const overlap = expression(({ p, g, m }) => p.mul(g).mul(m));
const total = expression(({ p, g, m }) => p.add(g).mul(m));

/**
 * 1 - 2 Σ p g m / (Σ p m + Σ g m + epsilon) of probabilities p and targets g where the mask m counts, all of one shape;
 * one number for the whole batch, from 0 to 1.
 * Source: Milletari et al. 2016 (V-Net); det_basic_loss.py DiceLoss.
 * @throws ShapeError when the shapes do not fit
 */
export function diceLoss(probabilities: Operand, target: Tensor, mask: Tensor, epsilon = 1e-6): Variable {
  const shared = sum(elementwise(overlap, [probabilities, target, mask]));
  const all = add(sum(elementwise(total, [probabilities, target, mask])), epsilon);
  return sub(1, div(mul(shared, 2), all));
}
