import type { View } from "../../device.js";

/** output[i] = table[indices[i]]. All contiguous. */
export interface GatherRowsCall {
  /** [n, d] */
  readonly table: View;
  /** [count], int32 */
  readonly indices: View;
  /** [count, d] */
  readonly output: View;
}

/** output[indices[i]] += grad[i] from zero, in ascending order of i. All contiguous. */
export interface ScatterAddRowsCall {
  /** [count, d] */
  readonly grad: View;
  /** [count], int32 */
  readonly indices: View;
  /** [n, d] */
  readonly output: View;
}

/** output[i] = input[i, indices[i]]. All contiguous. */
export interface PickCall {
  /** [rows, classes] */
  readonly input: View;
  /** [rows], int32 */
  readonly indices: View;
  /** [rows] */
  readonly output: View;
}

/** output[i, indices[i]] = grad[i], the rest 0. All contiguous. */
export interface PickGradCall {
  /** [rows] */
  readonly grad: View;
  /** [rows], int32 */
  readonly indices: View;
  /** [rows, classes] */
  readonly output: View;
}
