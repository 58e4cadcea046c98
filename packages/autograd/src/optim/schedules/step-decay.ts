import { needSteps, type Schedule } from "./schedule.js";

/** A rate that is multiplied by `gamma` at regular intervals. */
export interface StepDecayOptions {
  readonly learningRate: number;
  /** Steps between two changes. */
  readonly interval: number;
  /** Default 0.1. */
  readonly gamma?: number;
}

/**
 * `learningRate` times `gamma` for every full `interval`. The reference's `Step`, whose interval is given in epochs.
 * @throws RangeError when `interval` is below 1
 */
export function stepDecay({ learningRate, interval, gamma = 0.1 }: StepDecayOptions): Schedule {
  needSteps("stepDecay", { interval });
  return (step) => learningRate * gamma ** Math.floor(step / interval);
}
