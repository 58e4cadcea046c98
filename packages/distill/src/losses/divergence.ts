import { type Expression, expression, minTerm, type Term } from "@retort/tensor";

/** log(1 / (1 + e^-x)), without overflow. */
export function logSigmoid(x: Term): Term {
  return minTerm(x, 0).sub(x.abs().neg().exp().add(1).log());
}

/** One element of the Kullback-Leibler divergence of q from p, q log(q / p), both given as logarithms. */
export const divergence: Expression = expression(({ p, q }) => q.exp().mul(q.sub(p)));
