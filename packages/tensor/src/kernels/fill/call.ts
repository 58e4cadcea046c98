import type { View } from "../../device.js";

/** Writes one value into every element of `output`. */
export interface FillCall {
  readonly value: number;
  readonly output: View;
}
