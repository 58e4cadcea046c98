import { warmupSteps } from "@retort/autograd/optim";
import type { OptimizerConfig } from "../config/schema/optimizer.js";
import { scheduleFromConfig } from "../training/optimizer-from-config.js";
import type { SchedulePlan } from "./report.js";

/** The steps and learning rates of a training. */
export function planSchedule({ schedule }: OptimizerConfig, epochs: number, stepsPerEpoch: number): SchedulePlan {
  const steps = epochs * stepsPerEpoch;
  const rate = scheduleFromConfig(schedule, epochs, stepsPerEpoch);
  return {
    epochs,
    stepsPerEpoch,
    steps,
    warmupSteps:
      "warmupSteps" in schedule
        ? schedule.warmupSteps
        : "warmupEpoch" in schedule && schedule.warmupEpoch > 0
          ? warmupSteps(schedule.warmupEpoch, stepsPerEpoch)
          : 0,
    learningRates: [rate(0), rate(Math.floor(steps / 2)), rate(Math.max(0, steps - 1))],
  };
}
