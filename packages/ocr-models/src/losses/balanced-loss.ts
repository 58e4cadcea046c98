import {
  add,
  asVariable,
  div,
  elementwise,
  mul,
  type Operand,
  type SumOverParts,
  sum,
  sumOverParts,
  type Variable,
} from "@retort/autograd";
import * as T from "@retort/tensor";
import { binaryCrossEntropy } from "./binary-cross-entropy.js";
import { diceLoss } from "./dice-loss.js";
import { largestOverParts } from "./largest-over-parts.js";
import { maskedL1Loss } from "./masked-l1-loss.js";

/** The loss that is balanced, by its name in configs. */
export type MainLoss = "DiceLoss" | "BCELoss" | "MaskL1Loss";

/** How pixels with and without text are balanced. */
export interface BalancedLossOptions {
  /** Default "DiceLoss". */
  readonly mainLoss?: MainLoss;
  /** Default true; without it the main loss is returned as it is. */
  readonly balance?: boolean;
  /** At most so many pixels without text count for each pixel of text. Default 3. */
  readonly negativeRatio?: number;
  /** What is added to the divisors. Default 1e-6. */
  readonly epsilon?: number;
}

/** A target and where it counts, and how the hardest of the other pixels are chosen. */
interface Mining {
  readonly target: T.Tensor;
  readonly mask: T.Tensor;
  readonly ratio: number;
  readonly epsilon: number;
  readonly overParts: SumOverParts | undefined;
}

const positive = T.expression(({ g, m }) => g.mul(m));
const negative = T.expression(({ g, m }) => g.neg().add(1).mul(m));
const whole = T.expression(({ x }) => x.floor());
const atMost = T.expression(({ negatives, positives }, { ratio }) =>
  T.minTerm(negatives, positives.mul(ratio)).floor(),
);
const together = T.expression(({ a, b }, { epsilon }) => a.add(b).add(epsilon));
const share = T.expression(({ a, b }, { epsilon }) => a.add(b).div(a.add(b).add(epsilon)));
const positiveLoss = T.expression(({ loss, g, m }) => g.mul(m).mul(loss));
const negativeLoss = T.expression(({ loss, g, m }) => g.neg().add(1).mul(m).mul(loss));

/** How many pixels of text there are, and how many others count: both of no axes. */
function counts({ target, mask, ratio, overParts }: Mining): { positives: T.Tensor; negatives: T.Tensor } {
  const counted = (pixels: T.Expression): T.Tensor =>
    sumOverParts(T.reduce("sum", pixels, [target, mask]), overParts).value;
  const positives = T.evaluate(whole, [counted(positive)]);
  return { positives, negatives: T.evaluate(atMost, [counted(negative), positives], [ratio]) };
}

/** The mean over all pixels of text and as many of the others as may count, those with the largest loss. */
function hardNegatives(loss: Variable, mining: Mining): Variable {
  const { target, mask, epsilon, overParts } = mining;
  const { positives, negatives } = counts(mining);
  const others = elementwise(negativeLoss, [loss, target, mask]);
  const hard = mul(others, largestOverParts(others.value, negatives, overParts));
  const total = add(sum(elementwise(positiveLoss, [loss, target, mask])), sum(hard));
  return div(sumOverParts(total, overParts), T.evaluate(together, [positives, negatives], [epsilon]));
}

/**
 * A loss of probabilities p against targets g of 0 and 1 where the mask of 0 and 1 counts, all of one shape, with hard
 * negative mining: beside the P pixels of text only the N = min(others, ratio P) others with the largest loss count,
 * and the sum is divided by P + N + epsilon. "BCELoss" has a loss at every pixel. "DiceLoss" and "MaskL1Loss" are one
 * number for all pixels, which leaves nothing to choose: they are multiplied by (P + N) / (P + N + epsilon), which is 0
 * where there is no text and else hardly differs from 1. `overParts` adds up over the processes that hold parts of the
 * batch, see `sumOverParts`.
 * Source: det_basic_loss.py BalanceLoss.
 * @throws Error for "BCELoss" without `balance`, which would be no single number
 * @throws ShapeError when the shapes do not fit
 */
export function balancedLoss(
  probabilities: Operand,
  target: T.Tensor,
  mask: T.Tensor,
  { mainLoss = "DiceLoss", balance = true, negativeRatio: ratio = 3, epsilon = 1e-6 }: BalancedLossOptions = {},
  overParts?: SumOverParts,
): Variable {
  const mining = { target, mask, ratio, epsilon, overParts };
  if (mainLoss === "BCELoss") {
    if (!balance) throw new Error("a BCELoss that is not balanced has a value at every pixel; balance it");
    const loss = binaryCrossEntropy(asVariable(probabilities), target);
    return hardNegatives(loss, mining);
  }
  const loss = (mainLoss === "DiceLoss" ? diceLoss : maskedL1Loss)(probabilities, target, mask, epsilon, overParts);
  if (!balance) return loss;
  const { positives, negatives } = counts(mining);
  return mul(loss, T.evaluate(share, [positives, negatives], [epsilon]));
}
