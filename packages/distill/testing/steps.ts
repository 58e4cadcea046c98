import type { LoadedConfig } from "../src/config/load.js";
import { createRun } from "../src/training/run.js";
import { trainStep } from "../src/training/step.js";

/** Trains by a config, `count` steps with each batch of one epoch. Returns the losses of every step. */
export async function stepsOf(loaded: LoadedConfig, count: number): Promise<Record<string, number>[]> {
  const run = await createRun(loaded);
  const losses: Record<string, number>[] = [];
  for await (const batch of run.train.epoch()) {
    for (let step = 0; step < count; step++) losses.push(trainStep(run, batch, step));
  }
  await run.train.close();
  return losses;
}
