import { cast, formatShape, isFloating, type Tensor } from "@retort/tensor";
import { type GradCheckOptions, gradCheck } from "../grad-check.js";
import { Variable } from "../variable.js";
import { exact, type Law, type Loss, withGradients } from "./law.js";

const runs = 20;

/** Larger inputs are checked along directions, which costs two evaluations each, and not element by element. */
function thriftily(fn: Loss, inputs: readonly Tensor[], options: GradCheckOptions = {}): void {
  const elements = inputs.reduce((count, x) => count + (isFloating(x.dtype) ? x.size : 0), 0);
  gradCheck(fn, inputs, elements > 24 ? { ...options, directions: 6 } : options);
}

/** Gradients of the floating inputs agree with finite differences, in float64. */
export const gradientMatches: Law = { name: "gradientMatches", runs, holds: (loss, inputs) => thriftily(loss, inputs) };

/** Gradients of gradients agree with finite differences too, through `createGraph`. */
export const secondOrderMatches: Law = {
  name: "secondOrderMatches",
  runs,
  holds: (loss, inputs) => thriftily(loss, inputs, { order: 2, tolerance: 2e-6 }),
};

/** The gradient of one input agrees with finite differences: for a loss that takes another one as given. */
export function gradientMatchesIn(index: number): Law {
  return {
    name: `gradientMatchesIn(${index})`,
    runs,
    holds(loss, inputs) {
      const constants = inputs.map((x) => new Variable(isFloating(x.dtype) ? cast(x, "float64") : x));
      thriftily((x) => loss(...constants.with(index, x)), [inputs[index]]);
    },
  };
}

/** No gradient reaches this input: a teacher that is detached. */
export function noGradientIn(index: number): Law {
  return {
    name: `noGradientIn(${index})`,
    holds(loss, inputs) {
      const slope = gradientOf(loss, inputs, index)
        .dataSync()
        .find((value: number) => value !== 0);
      if (slope !== undefined) throw new Error(`the gradient of input ${index} has an element ${slope}`);
    },
  };
}

/** The gradient of an input. @throws Error when it is no floating one */
function gradientOf(loss: Loss, inputs: readonly Tensor[], index: number): Tensor {
  const gradient = withGradients(loss, inputs).gradients[index];
  if (gradient === undefined) throw new Error(`input ${index} is no floating tensor: ${inputs[index]}`);
  return gradient;
}

/**
 * The gradient of every floating input adds up to 0 along the last axis, as that of logits does behind a softmax: up to
 * `largest` times what its absolute values add up to (or 1) in float32, and 1e-12 in float64.
 */
export function gradientsSumToZeroWithin(largest: number): Law {
  return {
    name: `gradientsSumToZeroWithin(${largest})`,
    holds(loss, inputs) {
      assertRowsSumToZero(loss, inputs, largest);
      assertRowsSumToZero(loss, exact(inputs), 1e-12);
    },
  };
}

/** The same within 1e-5, which leaves room for the rounding of divergences of logits that lie far apart. */
export const gradientsSumToZero: Law = { ...gradientsSumToZeroWithin(1e-5), name: "gradientsSumToZero" };

function assertRowsSumToZero(loss: Loss, inputs: readonly Tensor[], largest: number): void {
  for (const [i, gradient] of withGradients(loss, inputs).gradients.entries()) {
    if (gradient === undefined) continue;
    const length = gradient.shape.at(-1) ?? 1;
    const values = Array.from(gradient.dataSync());
    for (let from = 0; from < values.length; from += length) {
      const row = values.slice(from, from + length);
      const total = row.reduce((a, b) => a + b, 0);
      const size = row.reduce((a, b) => a + Math.abs(b), 0);
      if (Math.abs(total) <= largest * Math.max(1, size)) continue;
      const where = `row ${from / length} of the gradient of input ${i} ${formatShape(gradient.shape)}`;
      throw new Error(`${where} adds up to ${total}`);
    }
  }
}
