import type { View } from "../../device.js";

/** loss[r] = log(sum(exp(logits[r]))) - logits[r, labels[r]], 0 where the label is ignored. All contiguous. */
export interface CrossEntropyCall {
  /** [rows, classes] */
  readonly logits: View;
  /** [rows], int32 */
  readonly labels: View;
  readonly ignoreIndex: number;
  /** [rows], written. */
  readonly loss: View;
  /** [rows], written. */
  readonly logSumExp: View;
}

/** output[r] = grad[r] (softmax(logits[r]) - onehot(labels[r])), 0 where the label is ignored. All contiguous. */
export interface CrossEntropyGradCall {
  /** [rows] */
  readonly grad: View;
  readonly logits: View;
  readonly labels: View;
  readonly logSumExp: View;
  readonly ignoreIndex: number;
  /** [rows, classes] */
  readonly output: View;
}
