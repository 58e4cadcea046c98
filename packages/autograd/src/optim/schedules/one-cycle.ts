import { alongCosine, needSteps, type Schedule } from "./schedule.js";

/** A rate that grows from max / 25 to its maximum and falls to max / 250,000. */
export interface OneCycleOptions {
  readonly maxLearningRate: number;
  readonly totalSteps: number;
  /** How the rate goes from one value to the next. Default "cos". */
  readonly anneal?: "cos" | "linear";
  /** Whether it falls to its first value in as many steps as it grew, and from there to the end. Default false. */
  readonly threePhase?: boolean;
}

const risingShare = 0.3;
const initialDivisor = 25;
const finalDivisor = 1e4;

/**
 * Grows for 30 % of `totalSteps`, then falls; the last of `totalSteps` and all behind it have the smallest rate.
 * The reference's `OneCycle`. Source: Smith and Topin 2018; lr_scheduler.py.
 * @throws RangeError when `totalSteps` is too small for its phases
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  const { maxLearningRate, totalSteps, anneal = "cos", threePhase = false } = options;
  needSteps("oneCycle", { totalSteps });
  const initial = maxLearningRate / initialDivisor;
  const rates = threePhase ? [initial, maxLearningRate, initial] : [initial, maxLearningRate];
  const starts = rates.map((_, i) => i * (risingShare * totalSteps - 1));
  rates.push(initial / finalDivisor);
  starts.push(totalSteps - 1);
  if (starts.some((start, i) => i > 0 && start <= starts[i - 1])) {
    throw new RangeError(`oneCycle: totalSteps is too small to rise and fall in, found ${totalSteps}`);
  }
  return (step) => {
    if (step >= totalSteps - 1) return rates[rates.length - 1];
    const end = starts.findIndex((start) => step < start);
    const fraction = (step - starts[end - 1]) / (starts[end] - starts[end - 1]);
    if (anneal === "cos") return alongCosine(rates[end - 1], rates[end], fraction);
    return rates[end - 1] + (rates[end] - rates[end - 1]) * fraction;
  };
}
