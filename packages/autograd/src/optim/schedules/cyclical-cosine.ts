import { alongCosine, needSteps, type Schedule } from "./schedule.js";

/** A rate that falls along half a cosine wave again and again. */
export interface CyclicalCosineOptions {
  readonly learningRate: number;
  /** Steps until the rate starts anew. */
  readonly cycle: number;
}

/**
 * From `learningRate` towards 0 along half a cosine wave, anew every `cycle` steps. The reference's `CyclicalCosine`.
 * Source: Izmailov et al. 2018; lr_scheduler.py.
 * @throws RangeError when `cycle` is below 1
 */
export function cyclicalCosine({ learningRate, cycle }: CyclicalCosineOptions): Schedule {
  needSteps("cyclicalCosine", { cycle });
  return (step) => alongCosine(learningRate, 0, (step % cycle) / cycle);
}
