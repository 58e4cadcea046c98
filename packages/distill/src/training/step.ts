import { backward, Gradients, withRandom } from "@retort/autograd";
import type { Optimizer } from "@retort/autograd/optim";
import type { Batch } from "@retort/ocr-models/data";
import { type Random, scope } from "@retort/tensor";
import type { combined } from "../losses/combined.js";
import type { DistillationModel } from "../model/distillation-model.js";
import { countLabels, tensorsOf } from "./tensors.js";

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
}

/**
 * One training step: forward, losses, backward, update. Returns every weighted loss by its log name, and the total
 * under "loss". All memory that it took is given back.
 * @throws NonFiniteLossError
 */
export function trainStep(setup: StepSetup, batch: Batch, step: number): Record<string, number> {
  return withRandom(setup.random.split("step", step), () =>
    scope(() => {
      setup.model.train();
      const gradients = new Gradients();
      const values: Record<string, number> = {};
      const size = setup.microBatchSize ?? batch.size;
      for (let start = 0; start < batch.size; start += size) {
        addPart(setup, batch, step, start, Math.min(batch.size, start + size), gradients, values);
      }
      checkFinite(values, step);
      setup.optimizer.step(gradients);
      return values;
    }),
  );
}

function addPart(
  { model, loss, sarIgnoreIndex }: StepSetup,
  batch: Batch,
  step: number,
  start: number,
  end: number,
  gradients: Gradients,
  values: Record<string, number>,
): void {
  const { images, heads, targets } = tensorsOf(batch, start, end);
  const whole = end - start === batch.size;
  const labels = whole ? 1 : countLabels(batch, sarIgnoreIndex, start, end) / countLabels(batch, sarIgnoreIndex);
  const share = { samples: (end - start) / batch.size, labels };
  const result = loss(model.forward(images, heads), targets, step, share);
  for (const [name, value] of [...result.parts, ["loss", result.loss] as const]) {
    values[name] = (values[name] ?? 0) + value.item();
  }
  backward(result.loss, { into: gradients });
}

function checkFinite(values: Readonly<Record<string, number>>, step: number): void {
  for (const [name, value] of Object.entries(values)) {
    if (!Number.isFinite(value)) throw new NonFiniteLossError(`step ${step + 1}: ${name} is ${value}`);
  }
}
