import { expect } from "vitest";
import type { LoadedConfig } from "../src/config/load.js";
import { createRun } from "../src/training/run.js";
import { trainStep } from "../src/training/step.js";

/** Trains by a config, `count` steps with each batch of one epoch. Returns the losses of every step. */
async function stepsOf(loaded: LoadedConfig, count: number): Promise<Record<string, number>[]> {
  const run = await createRun(loaded);
  const losses: Record<string, number>[] = [];
  for await (const batch of run.train.epoch()) {
    for (let step = 0; step < count; step++) losses.push(await trainStep(run, batch, step));
  }
  await run.train.close();
  return losses;
}

/** Trains by a config for four steps, and expects every loss to be told and finite, and their sum to fall. */
export async function expectToLearn(loaded: LoadedConfig): Promise<void> {
  const losses = await stepsOf(loaded, 4);
  expect(losses).toHaveLength(4);
  expect(Object.keys(losses[0]).length).toBeGreaterThanOrEqual(1 + loaded.config.loss.terms.length);
  expect(Object.values(losses[3]).every(Number.isFinite)).toBe(true);
  expect(losses[3].loss).toBeLessThan(losses[0].loss);
}
