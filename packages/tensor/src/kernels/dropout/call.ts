import type { View } from "../../device.js";
import type { RandomSource } from "../random-fill/words.js";

/**
 * output = input / (1 - probability) where the element's half of a random word is at least probability * 2^16, else 0.
 * Elements 8 g + j and 8 g + j + 4 (j from 0 to 3) have the low and the high half of word 4 g + j. Both contiguous.
 */
export interface DropoutCall {
  readonly input: View;
  readonly output: View;
  /** 0 to 1 */
  readonly probability: number;
  readonly source: RandomSource;
}
