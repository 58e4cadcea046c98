import type { View } from "../../device.js";

/** Index of the largest element along the last axis; the first wins ties, NaN counts as largest. */
export interface ArgmaxCall {
  readonly input: View;
  /** int32, contiguous, the shape of `input` without its last axis. */
  readonly output: View;
}
