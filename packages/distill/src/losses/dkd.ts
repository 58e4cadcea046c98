import { add, elementwise, exp, log, mean, mul, pick, squeeze, sub, sum, type Variable } from "@retort/autograd";
import * as T from "@retort/tensor";
import { divergence, logSigmoid } from "./divergence.js";

/** How a decoupled loss weighs its two parts. */
export interface DkdOptions {
  /** Divides logits; the loss grows by its square, so that gradients keep their size. Default 1. */
  readonly temperature?: number;
  /** Weight of what is said of the target class. Default 1. */
  readonly alpha?: number;
  /** Weight of what is said of the other classes among themselves. Default 1. */
  readonly beta?: number;
}

/** What logits say: of the target against all other classes together, and of these among themselves. */
interface Parts {
  /** The target's logit less the log-sum-exp of the others: [...]. */
  readonly lead: Variable;
  /** Log-probabilities of the others [..., C]; the target's is so low that it is 0 as a probability. */
  readonly others: Variable;
}

/** Lower than any logit, and still finite: the target's place among the others. */
const nothing = -1e30;
const withoutTarget = T.expression(({ x, target }) => T.selectTerm(target, nothing, x));

/** The divergence of two chances 1 / (1 + e^-q) and 1 / (1 + e^q) from those of p. */
const ofChances = T.expression(({ p, q }) => {
  const target = q.sigmoid().mul(logSigmoid(q).sub(logSigmoid(p)));
  return target.add(
    q
      .neg()
      .sigmoid()
      .mul(logSigmoid(q.neg()).sub(logSigmoid(p.neg()))),
  );
});

/**
 * Decoupled knowledge distillation of logits [B, T, C] by target classes int32 [B, T]: `alpha` times the divergence of
 * target against the rest, `beta` times that among the rest, both averaged over all positions (as in the reference, over
 * padding too). Neither side is detached.
 * Source: Zhao et al. 2022 (Decoupled Knowledge Distillation); basic_loss.py DKDLoss.
 * @throws ShapeError when the shapes do not fit
 * @throws RangeError for a target outside of the classes
 */
export function dkdLoss(
  student: Variable,
  teacher: Variable,
  targets: T.Tensor,
  { temperature = 1, alpha = 1, beta = 1 }: DkdOptions = {},
): Variable {
  const scaled = (x: Variable): Variable => (temperature === 1 ? x : mul(x, 1 / temperature));
  const [ours, theirs] = [student, teacher].map((x) => partsOf(scaled(x), targets));
  const target = mean(elementwise(ofChances, [ours.lead, theirs.lead]));
  const rest = mean(sum(elementwise(divergence, [ours.others, theirs.others]), { axes: -1 }));
  return mul(add(mul(target, alpha), mul(rest, beta)), temperature ** 2);
}

function partsOf(logits: Variable, targets: T.Tensor): Parts {
  const classes = logits.shape[logits.shape.length - 1];
  const isTarget = T.pickGrad(T.ones(targets.shape, logits.dtype), targets, classes);
  const rest = elementwise(withoutTarget, [logits, isTarget]);
  const total = logSumExp(rest);
  return { lead: sub(pick(logits, targets), squeeze(total, -1)), others: sub(rest, total) };
}

/** log Σ e^x over the last axis, which stays with length 1. */
function logSumExp(x: Variable): Variable {
  const top = T.max(x.value, { axes: -1, keepDims: true });
  return add(log(sum(exp(sub(x, top)), { axes: -1, keepDims: true })), top);
}
