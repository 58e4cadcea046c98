import { cosine } from "./cosine.js";
import type { Schedule } from "./schedule.js";

/** Two half cosine waves of different lengths, both counted from step 0. */
export interface TwoStepCosineOptions {
  readonly learningRate: number;
  /** Length of the wave that is followed first; the reference takes 200 epochs. */
  readonly firstSteps: number;
  /** Length of the wave that is followed behind `firstSteps`; the reference takes all epochs. */
  readonly totalSteps: number;
}

/**
 * The cosine of `firstSteps` up to that step, then the cosine of `totalSteps`. The reference's `TwoStepCosine` in its
 * closed form: its recursive form, which runs there, never leaves the 0 that the first wave ends with.
 * @throws RangeError when a number of steps is below 1
 */
export function twoStepCosine({ learningRate, firstSteps, totalSteps }: TwoStepCosineOptions): Schedule {
  const first = cosine({ learningRate, totalSteps: firstSteps });
  const second = cosine({ learningRate, totalSteps });
  return (step) => (step <= firstSteps ? first(step) : second(step));
}
