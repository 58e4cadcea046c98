import { backward, Gradients, withRandom } from "@retort/autograd";
import { scope } from "@retort/tensor";
import type { StepSetup } from "./step.js";
import type { BatchTensors } from "./tensors.js";

/** A step after which every ramp has risen. */
const afterRamps = Number.POSITIVE_INFINITY;

/**
 * One training step with every loss at its full weight: forward, losses, backward, update. Unlike `trainStep` it reads
 * no value, so a device without readable data can run it. `part(i)` gives the tensors of each of the `parts` that
 * the batch is split into; they are given back.
 */
export function unreadStep(
  { model, loss, optimizer, random }: Pick<StepSetup, "model" | "loss" | "optimizer" | "random">,
  part: (index: number) => BatchTensors,
  parts = 1,
): void {
  withRandom(random, () =>
    scope(() => {
      model.train();
      const gradients = new Gradients();
      for (let i = 0; i < parts; i++) {
        const { images, heads, targets } = part(i);
        backward(loss(model.forward(images, heads), targets, afterRamps).loss, { into: gradients });
      }
      optimizer.step(gradients);
    }),
  );
}
