import { evaluate as compute, concat, expressions, slice, type Tensor, tensor } from "@retort/tensor";
import { assertSame, evaluate, type Law, type Loss } from "./law.js";

/** The order of the samples along axis 0 of all inputs changes nothing, except the order of a result for each sample. */
export const batchOrderInvariant: Law = {
  name: "batchOrderInvariant",
  holds(loss, inputs) {
    const straight = evaluate(loss, inputs);
    const turned = evaluate(loss, inputs.map(reversed));
    assertSame(
      turned,
      perSample(straight, inputs) ? reversed(straight) : straight,
      "loss of the batch in reverse order",
    );
  },
};

/** A batch that holds every sample twice has the same loss: it is a mean over samples, or over what counts of them. */
export const batchRepeatInvariant: Law = {
  name: "batchRepeatInvariant",
  holds(loss, inputs) {
    const once = evaluate(loss, inputs);
    const twice = evaluate(loss, inputs.map(doubled));
    assertSame(twice, perSample(once, inputs) ? doubled(once) : once, "loss of the batch with every sample twice");
  },
};

function perSample(result: Tensor, inputs: readonly Tensor[]): boolean {
  return result.rank > 0 && result.shape[0] === inputs[0].shape[0];
}

function doubled(x: Tensor): Tensor {
  return x.rank === 0 ? x : concat([x, x], 0);
}

function reversed(x: Tensor): Tensor {
  return x.rank === 0 || x.shape[0] < 2 ? x : concat(slices(x, 0).reverse(), 0);
}

function slices(x: Tensor, axis: number): Tensor[] {
  return Array.from({ length: x.shape[axis] }, (_, i) => slice(x, axis, i, i + 1));
}

/** The loss is the mean of the losses of the slices of length 1 along an axis that all inputs have: 0 for samples. */
export function meanOver(axis: number): Law {
  return partsLaw(`meanOver(${axis})`, axis, (count) => 1 / count);
}

/** The loss is the sum of the losses of the slices of length 1 along an axis that all inputs have. */
export function sumOver(axis: number): Law {
  return partsLaw(`sumOver(${axis})`, axis, () => 1);
}

function partsLaw(name: string, axis: number, factor: (count: number) => number): Law {
  return {
    name,
    holds(loss, inputs) {
      const count = inputs[0].shape[axis];
      if (inputs.some((x) => x.shape[axis] !== count)) {
        throw new Error(`the inputs do not share axis ${axis}: ${inputs.map(String).join(", ")}`);
      }
      if (count === 0) return;
      const whole = evaluate(loss, inputs);
      const total = lossesOfParts(loss, inputs, axis).reduce((a, b) => compute(expressions.add, [a, b]));
      const expected = compute(expressions.mul, [total, tensor(factor(count), [], total.dtype)]);
      assertSame(whole, expected, `loss of all ${count} parts along axis ${axis} at once`);
    },
  };
}

function lossesOfParts(loss: Loss, inputs: readonly Tensor[], axis: number): Tensor[] {
  const parts = inputs.map((x) => slices(x, axis));
  return parts[0].map((_, i) =>
    evaluate(
      loss,
      parts.map((part) => part[i]),
    ),
  );
}
