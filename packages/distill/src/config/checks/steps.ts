import type { RecognitionConfig } from "../recognition.js";

/**
 * Warnings that need to know how many steps an epoch has, which the data say: an evaluation that never comes (so that no
 * best model is ever saved), a ramp that never begins or never ends, a warm-up longer than the training.
 */
export function stepWarnings(config: RecognitionConfig, stepsPerEpoch: number): string[] {
  const { global, loss, optimizer } = config;
  const total = global.epochNum * stepsPerEpoch;
  const warnings: string[] = [];
  const { start, interval } = global.evalBatchStep;
  if (global.evalBatchEpoch === undefined && start + interval > total) {
    warnings.push(
      `Global.eval_batch_step: the first evaluation would be at step ${start + interval}, but there are ${total} steps`,
    );
  }
  for (const { kind, ramp } of loss.terms) {
    if (!ramp) continue;
    if (ramp.start >= total)
      warnings.push(`${kind}: its ramp begins at step ${ramp.start}, but there are ${total} steps`);
    else if (ramp.start + ramp.steps > total) {
      warnings.push(`${kind}: its ramp ends at step ${ramp.start + ramp.steps}, but there are ${total} steps`);
    }
  }
  const { schedule } = optimizer;
  if (schedule.name === "LinearWarmupCosine" && schedule.warmupSteps >= total) {
    warnings.push(`Optimizer.lr: the learning rate rises for ${schedule.warmupSteps} steps, and there are ${total}`);
  }
  return warnings;
}
