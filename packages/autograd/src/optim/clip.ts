import { evaluate, expression, expressions, maxTerm, reduce, type Tensor } from "@retort/tensor";

/** A gradient, and the factor (0-d) that the update still has to multiply it by. */
export interface Clipped {
  readonly gradient: Tensor;
  readonly scale?: Tensor;
}

/** Limits the gradients of one step. Never looks at data: factors stay on the device. */
export type Clip = (gradients: readonly Tensor[]) => readonly Clipped[];

const shrinkage = expression(({ squares }, { limit }) => limit.div(maxTerm(squares.sqrt(), limit)));

function needPositive(name: string, limit: number): void {
  if (!(limit > 0)) throw new RangeError(`${name}: the limit must be above 0, found ${limit}`);
}

function sumOfSquares(gradient: Tensor): Tensor {
  return reduce("sum", expressions.square, [gradient]);
}

/** Keeps every element between -limit and limit. @throws RangeError when the limit is not above 0 */
export function clipByValue(limit: number): Clip {
  needPositive("clipByValue", limit);
  return (gradients) =>
    gradients.map((gradient) => ({ gradient: evaluate(expressions.clipped, [gradient], [-limit, limit]) }));
}

/**
 * Scales each gradient whose L2 norm is above the limit down to it. The reference's `clip_norm`.
 * @throws RangeError when the limit is not above 0
 */
export function clipByNorm(limit: number): Clip {
  needPositive("clipByNorm", limit);
  return (gradients) =>
    gradients.map((gradient) => ({ gradient, scale: evaluate(shrinkage, [sumOfSquares(gradient)], [limit]) }));
}

/**
 * Scales all gradients by one factor so that their common L2 norm is at most the limit. The reference's
 * `clip_norm_global`. Source: Pascanu, Mikolov and Bengio 2013.
 * @throws RangeError when the limit is not above 0
 */
export function clipByGlobalNorm(limit: number): Clip {
  needPositive("clipByGlobalNorm", limit);
  return (gradients) => {
    if (gradients.length === 0) return [];
    const squares = gradients.map(sumOfSquares).reduce((a, b) => evaluate(expressions.add, [a, b]));
    const scale = evaluate(shrinkage, [squares], [limit]);
    return gradients.map((gradient) => ({ gradient, scale }));
  };
}
