import { cast, concat, isFloating, type Shape, slice, type Tensor, tensor } from "@retort/tensor";
import { backward } from "../backward.js";
import { gradCheck } from "../grad-check.js";
import { sum } from "../ops/sum.js";
import { needsGrad, Variable } from "../variable.js";
import { assertClose, gridOf, toStridedTensor } from "./grid.js";

/** A function of tensors; integer inputs arrive as variables too, `.value` is their tensor. */
export type Loss = (...inputs: Variable[]) => Variable;

/** Something that has to be true of a loss for all inputs; `holds` throws where it is not. */
export interface Law {
  readonly name: string;
  holds(loss: Loss, inputs: readonly Tensor[]): void;
}

const tolerance = 1e-5;

function evaluate(loss: Loss, inputs: readonly Tensor[]): Tensor {
  return loss(...inputs.map((x) => new Variable(x))).value;
}

function assertSame(found: Tensor, expected: Tensor, what: string): void {
  assertClose(found, gridOf(expected.dataSync(), expected.shape), tolerance, what);
}

/** Gradients of the floating inputs agree with finite differences, in float64. */
export const gradientMatches: Law = { name: "gradientMatches", holds: (loss, inputs) => gradCheck(loss, inputs) };

/** No element of the loss is negative. */
export const nonNegative: Law = {
  name: "nonNegative",
  holds(loss, inputs) {
    const smallest = Array.from(evaluate(loss, inputs).dataSync()).reduce((a, b) => Math.min(a, b), 0);
    if (!(smallest >= -tolerance)) throw new Error(`the loss is ${smallest}`);
  },
};

/** The loss of a tensor against itself is 0: the first input takes the place of the second. */
export const zeroAtEquality: Law = {
  name: "zeroAtEquality",
  holds(loss, inputs) {
    const value = evaluate(loss, [inputs[0], inputs[0], ...inputs.slice(2)]);
    assertClose(value, gridOf(new Float64Array(value.size), value.shape), tolerance, "loss of x against x");
  },
};

/** Exchanging the first two inputs changes nothing. */
export const symmetric: Law = {
  name: "symmetric",
  holds(loss, inputs) {
    const [x, y, ...rest] = inputs;
    assertSame(evaluate(loss, [y, x, ...rest]), evaluate(loss, inputs), "loss with its first two inputs exchanged");
  },
};

/** The order of the samples along axis 0 of all inputs changes nothing, except the order of a result for each sample. */
export const batchOrderInvariant: Law = {
  name: "batchOrderInvariant",
  holds(loss, inputs) {
    const straight = evaluate(loss, inputs);
    const perSample = straight.rank > 0 && straight.shape[0] === inputs[0].shape[0];
    assertSame(
      evaluate(loss, inputs.map(reversed)),
      perSample ? reversed(straight) : straight,
      "loss of the batch in reverse order",
    );
  },
};

function reversed(x: Tensor): Tensor {
  if (x.rank === 0 || x.shape[0] < 2) return x;
  return concat(
    Array.from({ length: x.shape[0] }, (_, i) => slice(x, 0, x.shape[0] - 1 - i, x.shape[0] - i)),
    0,
  );
}

/** A view with other strides gives the same loss and gradients as the tensor that it shows. */
export const viewEqualsCopy: Law = {
  name: "viewEqualsCopy",
  holds(loss, inputs) {
    const views = inputs.map((x) => toStridedTensor(gridOf(x.dataSync(), x.shape), x.dtype));
    const [value, ...gradients] = valueAndGradients(loss, inputs);
    const [viewValue, ...viewGradients] = valueAndGradients(loss, views);
    assertSame(viewValue, value, "loss of views");
    for (const [i, gradient] of gradients.entries()) assertSame(viewGradients[i], gradient, `gradient of view ${i}`);
  },
};

/** The sum of the loss and the gradients of the floating inputs. */
function valueAndGradients(loss: Loss, inputs: readonly Tensor[]): Tensor[] {
  const variables = inputs.map((x) => new Variable(x, { requiresGrad: isFloating(x.dtype) }));
  const value = sum(loss(...variables));
  const gradients = needsGrad(value) ? backward(value) : undefined;
  const leaves = variables.filter((x) => isFloating(x.dtype));
  return [value.value, ...leaves.map((x) => gradients?.get(x)?.value ?? zerosLike(x.shape))];
}

function zerosLike(shape: Shape): Tensor {
  return tensor(new Array(shape.reduce((a, b) => a * b, 1)).fill(0), shape);
}

/**
 * Loss and gradients are finite when every element of the floating inputs (float32) lies at `low` or `high`: at `high`
 * where it was above the mean of its tensor.
 */
export function finiteBetween(low: number, high: number): Law {
  return {
    name: `finiteBetween(${low}, ${high})`,
    holds(loss, inputs) {
      const pushed = inputs.map((x) => (isFloating(x.dtype) ? pushedTo(x, low, high) : x));
      for (const [i, result] of valueAndGradients(loss, pushed).entries()) {
        const bad = result.dataSync().find((value: number) => !Number.isFinite(value));
        if (bad !== undefined) throw new Error(`${i === 0 ? "the loss" : `gradient ${i - 1}`} has an element ${bad}`);
      }
    },
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
