import { needSteps, type Schedule } from "./schedule.js";

/** A rate that falls as a power of the steps that are left. */
export interface PolynomialOptions {
  readonly learningRate: number;
  /** Steps until `endLearningRate` is reached. */
  readonly totalSteps: number;
  /** Default 0. */
  readonly endLearningRate?: number;
  /** Default 1: a straight line. */
  readonly power?: number;
}

/**
 * From `learningRate` to `endLearningRate` as (1 - step / totalSteps)^power, and `endLearningRate` from then on.
 * The reference's `Linear`.
 * @throws RangeError when `totalSteps` is below 1
 */
export function polynomial(options: PolynomialOptions): Schedule {
  const { learningRate, totalSteps, endLearningRate = 0, power = 1 } = options;
  needSteps("polynomial", { totalSteps });
  return (step) =>
    (learningRate - endLearningRate) * (1 - Math.min(step, totalSteps) / totalSteps) ** power + endLearningRate;
}

/**
 * `polynomial` down to 0 with the power `factor`, by default 0.9. The reference's `DecayLearningRate`.
 * @throws RangeError when `totalSteps` is below 1
 */
export function decayLearningRate(options: {
  readonly learningRate: number;
  readonly totalSteps: number;
  readonly factor?: number;
}): Schedule {
  const { learningRate, totalSteps, factor = 0.9 } = options;
  return polynomial({ learningRate, totalSteps, power: factor });
}
