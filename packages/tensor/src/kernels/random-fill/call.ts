import type { View } from "../../device.js";
import type { RandomSource } from "./words.js";

/** Fills `output` (contiguous) with random numbers. */
export interface RandomFillCall {
  readonly output: View;
  /** Uniform in [0, 1) with 24 bits, or standard normal, before scaling. */
  readonly kind: "uniform" | "normal";
  /** output = shift + scale * number */
  readonly shift: number;
  readonly scale: number;
  readonly source: RandomSource;
}
