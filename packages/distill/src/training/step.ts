import { backward, Gradients, type Variable, withRandom } from "@retort/autograd";
import type { Optimizer } from "@retort/autograd/optim";
import type { Batch } from "@retort/ocr-models/data";
import { OutOfMemoryError, type Random, scope } from "@retort/tensor";
import type { CombinedLoss, combined } from "../losses/combined.js";
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

/** How `takeStep` differs from its default. */
export interface StepOptions {
  /** Steps taken before, for the ramps of losses. Default: every loss has its full weight. */
  readonly step?: number;
  /** Whether values of losses are read. Default false: then a device without readable data can take the step. */
  readonly read?: boolean;
}

/**
 * One training step over the parts of a batch, whose gradients add up: forward, losses, backward, update. Returns what
 * it read: every weighted loss by its log name, and the total under "loss". All memory that it took is given back, and
 * so are the parts if they are made on demand.
 * @throws NonFiniteLossError when a value that it read is not finite
 */
export function takeStep(
  { model, loss, optimizer, random, shared }: Pick<StepSetup, "model" | "loss" | "optimizer" | "random" | "shared">,
  parts: Iterable<BatchPart>,
  { step = afterRamps, read = false }: StepOptions = {},
): Record<string, number> {
  return withRandom(random, () =>
    scope(() => {
      model.train();
      const gradients = new Gradients();
      let values: Record<string, number> = {};
      for (const { images, heads, targets, share, given, more = false } of parts) {
        const result = loss(model.forward(images, heads, given), targets, step, share);
        if (read) addValues(values, result);
        const onGradient =
          shared && !more ? (leaf: Variable, gradient: Variable) => shared.ready(leaf, gradient) : undefined;
        backward(result.loss, { into: gradients, onGradient });
      }
      if (shared !== undefined) values = shared.finish(gradients, values);
      checkFinite(values, step);
      optimizer.step(gradients);
      return values;
    }),
  );
}

/**
 * One training step on a batch, with the dropout masks of its number; see `takeStep`, of which it reads all values. What
 * `cache` has stored of frozen networks is not computed again.
 * @throws OutOfMemoryError that says how to split the batch; the weights are as before the step
 */
export function trainStep(setup: StepSetup, batch: Batch, step: number, cache?: TeacherCache): Record<string, number> {
  const { shared, sarIgnoreIndex } = setup;
  const size = Math.min(batch.size, setup.microBatchSize ?? batch.size);
  const whole = shared?.whole(batch, sarIgnoreIndex);
  const parts = partsOf(batch, size, sarIgnoreIndex, whole);
  const random = setup.random.split("step", step);
  try {
    const own = shared === undefined ? random : random.split("rank", shared.ranks.rank);
    const all = cache === undefined ? parts : cache.recall(parts, batch, whole?.longest);
    return takeStep({ ...setup, random: own }, all, { step, read: true });
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

function addValues(values: Record<string, number>, { parts, loss }: CombinedLoss): void {
  for (const [name, value] of [...parts, ["loss", loss] as const]) values[name] = (values[name] ?? 0) + value.item();
}

function checkFinite(values: Readonly<Record<string, number>>, step: number): void {
  for (const [name, value] of Object.entries(values)) {
    if (!Number.isFinite(value)) throw new NonFiniteLossError(`step ${step + 1}: ${name} is ${value}`);
  }
}
