import type { View } from "../../device.js";

/** Batched matrix product: output[i] = a[i] · b[i] (+ bias). Transposition is a matter of strides. */
export interface GemmCall {
  /** [batch, m, k]; a batch stride of 0 repeats one matrix. */
  readonly a: View;
  /** [batch, k, n] */
  readonly b: View;
  /** [batch, m, n], contiguous. */
  readonly output: View;
  /** [n], added to every row. */
  readonly bias?: View;
}
