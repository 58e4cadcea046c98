import { cast, type Tensor, tensor } from "@retort/tensor";
import { type Law, type Loss, onFloating, withGradients } from "./law.js";

function assertFinite(loss: Loss, inputs: readonly Tensor[]): void {
  const { value, gradients } = withGradients(loss, inputs);
  for (const [i, result] of [value, ...gradients].entries()) {
    const bad = result?.dataSync().find((element: number) => !Number.isFinite(element));
    if (bad !== undefined)
      throw new Error(`${i === 0 ? "the loss" : `the gradient of input ${i - 1}`} has an element ${bad}`);
  }
}

/** Loss and gradients are finite for the inputs as they are drawn: with `edges` among them, say. */
export const finite: Law = { name: "finite", holds: assertFinite };

/**
 * Loss and gradients are finite when every element of the floating inputs (float32) lies at `low` or `high`: at `high`
 * where it was above the mean of its tensor.
 */
export function finiteBetween(low: number, high: number): Law {
  return {
    name: `finiteBetween(${low}, ${high})`,
    holds: (loss, inputs) =>
      assertFinite(
        loss,
        onFloating(inputs, (x) => pushedTo(x, low, high)),
      ),
  };
}

function pushedTo(x: Tensor, low: number, high: number): Tensor {
  const data = Array.from(cast(x, "float64").dataSync());
  const mean = data.reduce((a, b) => a + b, 0) / Math.max(1, data.length);
  return tensor(
    data.map((value) => (value > mean ? high : low)),
    x.shape,
  );
}

/** Loss and gradients stay finite for scores of ±10,000. For probabilities use `finiteBetween(0, 1)`. */
export const finiteAtExtremes: Law = { ...finiteBetween(-1e4, 1e4), name: "finiteAtExtremes" };

/** Loss and gradients are finite when all elements are 0, where roots and divisions by a norm fail. */
export const finiteAtZero: Law = { ...finiteBetween(0, 0), name: "finiteAtZero" };
