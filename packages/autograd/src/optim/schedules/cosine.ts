import { alongCosine, needSteps, type Schedule } from "./schedule.js";

/** A rate that falls along half a cosine wave. */
export interface CosineOptions {
  readonly learningRate: number;
  /** Steps until `minLearningRate` is reached. */
  readonly totalSteps: number;
  /** Default 0. */
  readonly minLearningRate?: number;
}

/**
 * From `learningRate` at step 0 to `minLearningRate` at `totalSteps` along half a cosine wave, which goes on behind it.
 * The reference's `Cosine`. Source: Loshchilov and Hutter 2017, without restarts.
 * @throws RangeError when `totalSteps` is below 1
 */
export function cosine({ learningRate, totalSteps, minLearningRate = 0 }: CosineOptions): Schedule {
  needSteps("cosine", { totalSteps });
  return (step) => alongCosine(learningRate, minLearningRate, step / totalSteps);
}
