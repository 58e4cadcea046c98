import type { View } from "../../device.js";
import type { RandomSource } from "../random-fill/words.js";

/**
 * output = input / (1 - probability) where the element's random word is at least probability * 2^32, else 0.
 * Both contiguous.
 */
export interface DropoutCall {
  readonly input: View;
  readonly output: View;
  /** 0 to 1 */
  readonly probability: number;
  readonly source: RandomSource;
}
