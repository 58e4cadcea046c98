import { cosine } from "./cosine.js";
import type { Schedule } from "./schedule.js";
import { warmup } from "./warmup.js";

/** Cosine with a warm-up counted in steps; the defaults are the reference's. */
export interface LinearWarmupCosineOptions {
  readonly learningRate: number;
  /** Length of the cosine, the warm-up not counted. */
  readonly totalSteps: number;
  /** Default 5000. */
  readonly warmupSteps?: number;
  /** Rate of step 0. Default 1e-5. */
  readonly startLearningRate?: number;
  /** Rate at the end of the cosine. Default 1e-8. */
  readonly minLearningRate?: number;
}

/**
 * From `startLearningRate` up to `learningRate` in `warmupSteps`, then along half a cosine wave to `minLearningRate`.
 * The reference's `LinearWarmupCosine`.
 * @throws RangeError for numbers of steps that are none
 */
export function linearWarmupCosine({
  learningRate,
  totalSteps,
  warmupSteps = 5000,
  startLearningRate = 1e-5,
  minLearningRate = 1e-8,
}: LinearWarmupCosineOptions): Schedule {
  const inner = cosine({ learningRate, totalSteps, minLearningRate });
  return warmup(inner, { steps: warmupSteps, learningRate, startLearningRate });
}
