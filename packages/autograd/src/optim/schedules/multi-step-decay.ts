import { needAscending, type Schedule } from "./schedule.js";

/** A rate that is multiplied by `gamma` at given steps. */
export interface MultiStepDecayOptions {
  readonly learningRate: number;
  /** Steps at which the rate changes, ascending. */
  readonly milestones: readonly number[];
  /** Default 0.1. */
  readonly gamma?: number;
}

/**
 * `learningRate` times `gamma` for every milestone that was reached. The reference's `MultiStepDecay`.
 * @throws RangeError when milestones do not grow
 */
export function multiStepDecay({ learningRate, milestones, gamma = 0.1 }: MultiStepDecayOptions): Schedule {
  needAscending("multiStepDecay", "milestones", milestones);
  return (step) => learningRate * gamma ** milestones.filter((milestone) => milestone <= step).length;
}
