import type { Schedule } from "./schedule.js";

/** A straight line in front of a schedule. */
export interface WarmupOptions {
  /** Length of the line; 0 leaves the schedule as it is. */
  readonly steps: number;
  /** Rate that the line leads to. */
  readonly learningRate: number;
  /** Rate of step 0. Default 0. */
  readonly startLearningRate?: number;
}

/**
 * A straight line from `startLearningRate` towards `learningRate` over `steps`, then `schedule` from its own step 0.
 * @throws RangeError when `steps` is negative or no whole number
 */
export function warmup(schedule: Schedule, options: WarmupOptions): Schedule {
  const { steps, learningRate, startLearningRate = 0 } = options;
  if (!Number.isInteger(steps) || steps < 0) {
    throw new RangeError(`warmup: steps must be a whole number of at least 0, found ${steps}`);
  }
  return (step) => {
    if (step >= steps) return schedule(step - steps);
    return ((learningRate - startLearningRate) * step) / steps + startLearningRate;
  };
}

/** `epochs` (which may have a fraction) in steps: rounded, halves to the even number, as the reference does. */
export function warmupSteps(epochs: number, stepsPerEpoch: number): number {
  const steps = epochs * stepsPerEpoch;
  const below = Math.floor(steps);
  if (steps - below !== 0.5) return Math.round(steps);
  return below % 2 === 0 ? below : below + 1;
}
