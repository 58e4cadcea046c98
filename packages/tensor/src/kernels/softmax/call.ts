import type { View } from "../../device.js";

/** Softmax of every row, or its logarithm. All contiguous. */
export interface SoftmaxCall {
  /** [rows, n] */
  readonly input: View;
  /** [rows, n] */
  readonly output: View;
  readonly log: boolean;
}

/** Gradient of `SoftmaxCall` from its output. All contiguous. */
export interface SoftmaxGradCall {
  readonly grad: View;
  /** The output of the forward pass. */
  readonly result: View;
  readonly output: View;
  readonly log: boolean;
}
