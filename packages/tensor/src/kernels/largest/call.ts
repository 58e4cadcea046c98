import type { View } from "../../device.js";

/** Which elements are the `count` largest: 1 for those, 0 for the rest. Of equal ones the first; NaN counts as largest. */
export interface LargestCall {
  /** Contiguous. */
  readonly input: View;
  /** One element, rounded down; at most all elements, and none where it is negative or NaN. */
  readonly count: View;
  /** Contiguous, the shape of `input`. */
  readonly output: View;
}
