import { customGrad, elementwise, type Operand, type Variable } from "@retort/autograd";
import * as T from "@retort/tensor";

const lowest = -100;
const cross = T.expression(({ p, g }) => {
  const clamped = (x: T.Term): T.Term => T.maxTerm(x.log(), lowest);
  const other = p.neg().add(1);
  return g
    .mul(clamped(p))
    .add(g.neg().add(1).mul(clamped(other)))
    .neg();
});
const slope = T.expression(({ grad, p, g }) => {
  const variance = T.maxTerm(p.neg().add(1).mul(p), 1e-12);
  return grad.mul(p.sub(g)).div(variance);
});

const op = customGrad({
  name: "binaryCrossEntropy",
  differentiable: true,
  forward: ([p, g]) => T.evaluate(cross, [p, g]),
  vjp: ({ grads: [grad], inputs: [p, g] }) => [elementwise(slope, [grad as Variable, p, g]), undefined],
});

/**
 * -(g log p + (1 - g) log(1 - p)) of every element of probabilities p and targets g. No logarithm is below -100, and
 * the slope (p - g) / (p (1 - p)) is divided by at least 1e-12, as in Paddle, so that both are finite at 0 and 1.
 * Targets get no gradient.
 * @throws ShapeError when the shapes do not fit
 */
export function binaryCrossEntropy(probabilities: Operand, targets: T.Tensor): Variable {
  return op(probabilities, targets);
}
