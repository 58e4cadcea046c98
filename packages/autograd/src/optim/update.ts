import { evaluate, expression, expressions, type Tensor } from "@retort/tensor";

/** What the update of one parameter works with. */
export interface Update {
  /** Written in place. */
  readonly parameter: Tensor;
  /** Clipped, but for the factor `scale`. */
  readonly gradient: Tensor;
  readonly scale: Tensor | undefined;
  /** Factor of the L2 term that belongs to the gradient. */
  readonly l2: number;
  readonly learningRate: number;
  /** Number of this update of this parameter, from 1. */
  readonly count: number;
  /** The optimizer's own tensors for this parameter, in the order of its `slots`; written in place. */
  readonly state: readonly Tensor[];
}

const decayed = expression(({ gradient, parameter }, { l2 }) => gradient.add(parameter.mul(l2)));
const scaledAndDecayed = expression(({ gradient, scale, parameter }, { l2 }) =>
  gradient.mul(scale).add(parameter.mul(l2)),
);

/** The gradient of the regularised loss: scale · gradient + l2 · parameter. */
export function regularisedGradient({ parameter, gradient, scale, l2 }: Update): Tensor {
  if (l2 === 0) return scale === undefined ? gradient : evaluate(expressions.mul, [gradient, scale]);
  if (scale === undefined) return evaluate(decayed, [gradient, parameter], [l2]);
  return evaluate(scaledAndDecayed, [gradient, scale, parameter], [l2]);
}
