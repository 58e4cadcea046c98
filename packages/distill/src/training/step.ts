import { backward, detach, Gradients, type Variable, withRandom } from "@retort/autograd";
import type { Optimizer } from "@retort/autograd/optim";
import type { Batch } from "@retort/ocr-models/data";
import { OutOfMemoryError, type Random, scope, type Tensor } from "@retort/tensor";
import type { CombinedLoss, combined } from "../losses/combined.js";
import { onDeviceOf } from "../model/device-of.js";
import type { DistillationModel } from "../model/distillation-model.js";
import type { SharedStep } from "../parallel/shared-step.js";
import type { TeacherCache } from "../teacher-cache/teacher-cache.js";
import { memoryHint } from "./memory-hint.js";
import { type BatchPart, partsOf } from "./parts.js";

/** A loss became NaN or infinite; the message names the first term that did. The weights are as before the step. */
export class NonFiniteLossError extends Error {
  override name = "NonFiniteLossError";
}

/** What a training step works on. */
export interface StepSetup {
  readonly model: DistillationModel;
  readonly loss: ReturnType<typeof combined>;
  readonly optimizer: Optimizer;
  /** Padding of the SAR labels, which no loss counts. */
  readonly sarIgnoreIndex: number;
  /** Source of dropout masks; each step uses its own branch of it. */
  readonly random: Random;
  /** Runs a batch in parts of so many samples and adds up their gradients. */
  readonly microBatchSize?: number;
  /** What steps exchange with other processes, where these have parts of every batch. */
  readonly shared?: SharedStep;
}

/** A step after which every ramp has risen. */
const afterRamps = Number.POSITIVE_INFINITY;

/** What the passes over the parts of a batch gave. */
interface Passed {
  readonly gradients: Gradients;
  /** The values of the losses by log name, of every part. */
  readonly losses: readonly ReadonlyMap<string, Tensor>[];
}

/** Forward, losses and backward of every part; gradients add up. Parts made on demand are given back. */
function passOver(
  { model, loss, random, shared }: Pick<StepSetup, "model" | "loss" | "random" | "shared">,
  parts: Iterable<BatchPart>,
  step: number,
): Passed {
  return withRandom(random, () =>
    scope(() => {
      model.train();
      const gradients = new Gradients();
      const losses: Map<string, Tensor>[] = [];
      for (const { images, heads, targets, share, given, more = false } of parts) {
        const result = loss(model.forward(images, heads, given), targets, step, share);
        losses.push(valuesOf(result));
        const onGradient =
          shared && !more ? (leaf: Variable, gradient: Variable) => shared.ready(leaf, gradient) : undefined;
        backward(result.loss, { into: gradients, onGradient });
      }
      return { gradients, losses };
    }),
  );
}

/** Handles of their own: `backward` gives back those of the graph. */
const valuesOf = ({ parts, loss }: CombinedLoss): Map<string, Tensor> =>
  new Map([...parts, ["loss", loss] as const].map(([name, value]) => [name, detach(value).value]));

type Parties = Pick<StepSetup, "model" | "loss" | "optimizer" | "random" | "shared">;

/**
 * One training step over the parts of a batch, whose gradients add up, with every loss at its full weight: forward,
 * losses, backward, update. Nothing is read, so that any device can take it at once, and nothing is checked. All memory
 * that it took is given back.
 */
export function takeBlindStep({ optimizer, ...setup }: Omit<Parties, "shared">, parts: Iterable<BatchPart>): void {
  onDeviceOf(setup.model, () => scope(() => optimizer.step(passOver(setup, parts, afterRamps).gradients)));
}

/**
 * One training step over the parts of a batch: forward, losses, backward, update. Resolves to every weighted loss by its
 * log name, and the total under "loss". `step` counts the steps before, for the ramps of losses. All memory that it took
 * is given back.
 * @throws NonFiniteLossError when a loss is not finite
 */
export async function takeStep(
  setup: Parties,
  parts: Iterable<BatchPart>,
  step: number,
): Promise<Record<string, number>> {
  const { model, optimizer, shared } = setup;
  const passed = onDeviceOf(model, () => passOver(setup, parts, step));
  try {
    const own = await sumsOf(passed.losses);
    const values = shared === undefined ? own : shared.finish(passed.gradients, own);
    checkFinite(values, step);
    onDeviceOf(model, () => optimizer.step(passed.gradients));
    return values;
  } finally {
    release(passed);
  }
}

function release({ gradients, losses }: Passed): void {
  for (const handle of gradients.ownedTensors()) handle.release();
  for (const values of losses) for (const value of values.values()) value.release("its step is over");
}

async function sumsOf(losses: Passed["losses"]): Promise<Record<string, number>> {
  const all = losses.flatMap((values) => [...values]);
  const read = await Promise.all(all.map(([, value]) => value.data()));
  const sums: Record<string, number> = {};
  for (const [i, [name]] of all.entries()) sums[name] = (sums[name] ?? 0) + read[i][0];
  return sums;
}

/**
 * One training step on a batch, with the dropout masks of its number; see `takeStep`. What `cache` has stored of frozen
 * networks is not computed again.
 * @throws OutOfMemoryError that says how to split the batch; the weights are as before the step
 */
export async function trainStep(
  setup: StepSetup,
  batch: Batch,
  step: number,
  cache?: TeacherCache,
): Promise<Record<string, number>> {
  const { shared, sarIgnoreIndex } = setup;
  const size = Math.min(batch.size, setup.microBatchSize ?? batch.size);
  const whole = shared?.whole(batch, sarIgnoreIndex);
  const parts = partsOf(batch, size, sarIgnoreIndex, whole);
  const random = setup.random.split("step", step);
  try {
    const own = shared === undefined ? random : random.split("rank", shared.ranks.rank);
    const all = cache === undefined ? parts : cache.recall(parts, batch, whole?.longest);
    return await takeStep({ ...setup, random: own }, all, step);
  } catch (error) {
    throw error instanceof OutOfMemoryError ? outOfMemory(error, step, size) : error;
  }
}

function outOfMemory(error: OutOfMemoryError, step: number, samples: number): OutOfMemoryError {
  return new OutOfMemoryError(
    `step ${step + 1}, ${samples} samples at a time: ${error.message}. The checkpoints saved before are whole; ${memoryHint(samples)}`,
    { cause: error },
  );
}

function checkFinite(values: Readonly<Record<string, number>>, step: number): void {
  for (const [name, value] of Object.entries(values)) {
    if (!Number.isFinite(value)) throw new NonFiniteLossError(`step ${step + 1}: ${name} is ${value}`);
  }
}
