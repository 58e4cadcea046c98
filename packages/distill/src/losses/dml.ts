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
import { type Expression, expression, type Term } from "@retort/tensor";
import { divergence, logSigmoid } from "./divergence.js";

/** What a DML loss does to the outputs before comparing them. */
export interface DmlOptions {
  /** Turns logits into probabilities; without it they are probabilities already. */
  readonly act?: "softmax" | "sigmoid";
  /** Compares by sums of p log(p / q) over all but the batch; otherwise by means of the form below. */
  readonly useLog?: boolean;
  /** Divides logits before `act`; the loss grows by its square, so that gradients keep their size. Default 1. */
  readonly temperature?: number;
  /**
   * Half of both divergences (the default), or one of them: `forward` is that of the second output from the first,
   * which spreads over all that the second holds possible, `reverse` that of the first from the second.
   */
  readonly direction?: "both" | "forward" | "reverse";
}

/** The elements of a divergence of q from p, and of the sum of both directions. */
interface Divergence {
  readonly one: Expression;
  readonly both: Expression;
}

function bothWays(one: (p: Term, q: Term) => Term): Divergence {
  return {
    one: expression(({ p, q }) => one(p, q)),
    both: expression(({ p, q }) => one(p, q).add(one(q, p))),
  };
}

// (q - p)(log q - log p) is q log(q / p) + p log(p / q), and safe where a probability underflows.
const ofLogs: Divergence = {
  one: divergence,
  both: expression(({ p, q }) => q.exp().sub(p.exp()).mul(q.sub(p))),
};
const ofProbabilities = bothWays((p, q) => q.mul(q.add(1e-10).log().sub(p.log())));
const epsilon = 1e-5;
const ofRatios = bothWays((p, q) => q.mul(q.add(epsilon).div(p.add(epsilon)).add(epsilon).log()));

const logSigmoids = expression(({ x }) => logSigmoid(x));

/**
 * Deep mutual learning: half of the symmetric Kullback-Leibler divergence between two networks' outputs [B, ...].
 * With `useLog` the sum over everything divided by B; without it the mean over all elements, with 1e-5 in every
 * fraction. Neither side is detached.
 * Source: Zhang et al. 2018 (Deep Mutual Learning); basic_loss.py DMLLoss. Temperature: Hinton et al. 2015.
 * @throws ShapeError when the shapes differ
 * @throws RangeError for a temperature that divides no logits
 */
export function dmlLoss(a: Variable, b: Variable, options: DmlOptions = {}): Variable {
  if (!options.useLog) return mean(dmlRows(a, b, options));
  const terms =
    options.act === undefined
      ? elements(ofProbabilities, a, b, options)
      : elements(ofLogs, logProbabilities(a, options), logProbabilities(b, options), options);
  return mul(sum(terms), factor(options) / a.shape[0]);
}

/** The form without `useLog`, one value a sample: [B] (basic_loss.py KLJSLoss, mode "kl"). */
export function dmlRows(a: Variable, b: Variable, options: DmlOptions = {}): Variable {
  const terms = elements(ofRatios, probabilities(a, options), probabilities(b, options), options);
  return mul(mean(terms, { axes: a.shape.slice(1).map((_, axis) => axis + 1) }), factor(options));
}

function elements({ one, both }: Divergence, p: Variable, q: Variable, { direction }: DmlOptions): Variable {
  if (direction === "forward") return elementwise(one, [p, q]);
  return direction === "reverse" ? elementwise(one, [q, p]) : elementwise(both, [p, q]);
}

function factor({ act, temperature = 1, direction = "both" }: DmlOptions): number {
  if (act === undefined && temperature !== 1)
    throw new RangeError("DML: a temperature divides logits, so it needs act");
  return (direction === "both" ? 0.5 : 1) * temperature ** 2;
}

function tempered(x: Operand, { temperature = 1 }: DmlOptions): Operand {
  return temperature === 1 ? x : mul(x, 1 / temperature);
}

function logProbabilities(x: Operand, options: DmlOptions): Variable {
  const logits = tempered(x, options);
  return options.act === "softmax" ? logSoftmax(logits) : elementwise(logSigmoids, [logits]);
}

function probabilities(x: Variable, options: DmlOptions): Variable {
  if (options.act === undefined) return x;
  const logits = tempered(x, options);
  return options.act === "softmax" ? softmax(logits) : sigmoid(logits);
}
