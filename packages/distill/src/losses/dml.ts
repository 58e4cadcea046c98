import {
  elementwise,
  logSoftmax,
  mean,
  mul,
  type Operand,
  sigmoid,
  softmax,
  sum,
  type Variable,
} from "@retort/autograd";
import { expression, minTerm } from "@retort/tensor";

/** What a DML loss does to the outputs before comparing them. */
export interface DmlOptions {
  /** Turns logits into probabilities; without it they are probabilities already. */
  readonly act?: "softmax" | "sigmoid";
  /** Compares by sums of p log(p / q) over all but the batch; otherwise by means of the form below. */
  readonly useLog?: boolean;
}

// (q - p)(log q - log p) is q log(q / p) + p log(p / q), and safe where a probability underflows.
const fromLogs = expression(({ p, q }) => q.exp().sub(p.exp()).mul(q.sub(p)));
const logSigmoid = expression(({ x }) => minTerm(x, 0).sub(x.abs().neg().exp().add(1).log()));
const fromProbabilities = expression(({ p, q }) => {
  const towards = q.mul(q.add(1e-10).log().sub(p.log()));
  return towards.add(p.mul(p.add(1e-10).log().sub(q.log())));
});
const epsilon = 1e-5;
const ratios = expression(({ p, q }) => {
  const [a, b] = [p.add(epsilon), q.add(epsilon)];
  return q.mul(b.div(a).add(epsilon).log()).add(p.mul(a.div(b).add(epsilon).log()));
});

/**
 * Deep mutual learning: half of the symmetric Kullback-Leibler divergence between two networks' outputs [B, ...].
 * With `useLog` the sum over everything divided by B; without it the mean over all elements, with 1e-5 in every
 * fraction. Neither side is detached.
 * Source: Zhang et al. 2018 (Deep Mutual Learning); basic_loss.py DMLLoss.
 * @throws ShapeError when the shapes differ
 */
export function dmlLoss(a: Variable, b: Variable, options: DmlOptions = {}): Variable {
  if (!options.useLog) return mean(dmlRows(a, b, options));
  const terms =
    options.act === undefined
      ? elementwise(fromProbabilities, [a, b])
      : elementwise(fromLogs, [logProbabilities(a, options.act), logProbabilities(b, options.act)]);
  return mul(sum(terms), 0.5 / a.shape[0]);
}

/** The form without `useLog`, one value a sample: [B] (basic_loss.py KLJSLoss, mode "kl"). */
export function dmlRows(a: Variable, b: Variable, { act }: DmlOptions = {}): Variable {
  const terms = elementwise(ratios, [probabilities(a, act), probabilities(b, act)]);
  return mul(mean(terms, { axes: a.shape.slice(1).map((_, axis) => axis + 1) }), 0.5);
}

function logProbabilities(x: Operand, act: "softmax" | "sigmoid"): Variable {
  return act === "softmax" ? logSoftmax(x) : elementwise(logSigmoid, [x]);
}

function probabilities(x: Variable, act: DmlOptions["act"]): Variable {
  if (act === undefined) return x;
  return act === "softmax" ? softmax(x) : sigmoid(x);
}
