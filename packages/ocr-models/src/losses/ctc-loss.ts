import { ctcLoss, exp, mean, mul, neg, type Operand, square, sub, type Variable } from "@retort/autograd";
import type { Tensor } from "@retort/tensor";

/** Labels of a batch for CTC. */
export interface CtcTarget {
  /** int32 [B, L], padded. */
  readonly labels: Tensor;
  /** int32 [B]: how many of each row count. */
  readonly lengths: Tensor;
}

/**
 * Mean over the batch of the CTC loss of logits [B, T, C]; not divided by label lengths. `focal` weighs each sample by
 * (1 - exp(-loss))². Source: rec_ctc_loss.py CTCLoss.
 * @throws RangeError for labels outside of the classes
 */
export function ctcBatchLoss(
  logits: Operand,
  { labels, lengths }: CtcTarget,
  { focal = false }: { readonly focal?: boolean } = {},
): Variable {
  const each = ctcLoss(logits, labels, lengths);
  if (!focal) return mean(each);
  return mean(mul(each, square(sub(1, exp(neg(each))))));
}
