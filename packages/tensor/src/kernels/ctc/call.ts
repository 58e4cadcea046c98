import type { View } from "../../device.js";

/** Connectionist temporal classification, softmax inside. All contiguous. */
export interface CtcCall {
  /** [B, T, C] */
  readonly logits: View;
  /** [B, L], int32 */
  readonly labels: View;
  /** [B], int32: how many labels of each row count. */
  readonly lengths: View;
  readonly blank: number;
  /** [B], written; 0 where no alignment exists. */
  readonly loss: View;
  /** [B, T], written: log(sum(exp(logits))). */
  readonly logSumExp: View;
  /** [B, T, 2L + 1], float64, written: log-probability of all prefixes that end in a state. */
  readonly alpha: View;
}

/** Gradient of the logits of `CtcCall`. All contiguous. */
export interface CtcGradCall {
  /** [B] */
  readonly grad: View;
  readonly logits: View;
  readonly labels: View;
  readonly lengths: View;
  readonly blank: number;
  readonly logSumExp: View;
  readonly alpha: View;
  /** [B, T, C] */
  readonly output: View;
}
