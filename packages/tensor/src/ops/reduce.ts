import { commonDevice } from "../devices.js";
import { promote } from "../dtype.js";
import { ShapeError } from "../errors.js";
import type { Expression } from "../expr/expression.js";
import { identity } from "../expr/library.js";
import { scope } from "../memory.js";
import { broadcastShapes, formatShape, normalizeAxes, reducedShape } from "../shape.js";
import { Tensor } from "../tensor.js";
import { contiguous } from "./copy.js";
import { broadcastView, evaluate } from "./evaluate.js";
import { reshape } from "./views.js";

/** Which axes to fold (all when left out) and whether they stay with length 1. */
export interface ReduceOptions {
  readonly axes?: number | readonly number[];
  readonly keepDims?: boolean;
}

/**
 * Folds `expression(inputs)` over some axes without storing it: "sum", "max" or "min".
 * The sum over nothing is 0. Sums of bool and uint8 are int32, everything else has the widest dtype of the inputs.
 * @throws ShapeError for a maximum or minimum over nothing, or a wrong axis
 */
export function reduce(
  kind: "sum" | "max" | "min",
  expression: Expression,
  inputs: readonly Tensor[],
  { axes, keepDims = false }: ReduceOptions = {},
  parameters: readonly number[] = [],
): Tensor {
  const shape = broadcastShapes(...inputs.map((x) => x.shape));
  const list = normalizeAxes(axes, shape.length);
  const widest = inputs.map((x) => x.dtype).reduce(promote);
  const type = kind === "sum" ? promote(widest, "int32") : widest;
  if (list.length === 0) return evaluate(expression, inputs, parameters, type);
  if (kind !== "sum" && list.some((axis) => shape[axis] === 0)) {
    throw new ShapeError(
      `${kind} over axes ${formatShape(list)} of shape ${formatShape(shape)} has nothing to choose from`,
    );
  }
  return scope(() => {
    const output = Tensor.allocate(commonDevice(inputs), type, reducedShape(shape, list, true));
    const views = inputs.map((x) => broadcastView(x, shape));
    output.device.run("reduce", { kind, expression, inputs: views, parameters, axes: list, output });
    return keepDims ? output : reshape(output, reducedShape(shape, list, false));
  });
}

/** Sum over axes. */
export function sum(x: Tensor, options?: ReduceOptions): Tensor {
  return reduce("sum", identity, [x], options);
}

/** Largest element over axes; NaN if there is one. @throws ShapeError over nothing */
export function max(x: Tensor, options?: ReduceOptions): Tensor {
  return reduce("max", identity, [x], options);
}

/** Smallest element over axes; NaN if there is one. @throws ShapeError over nothing */
export function min(x: Tensor, options?: ReduceOptions): Tensor {
  return reduce("min", identity, [x], options);
}

/**
 * Index of the largest element along the last axis, int32; the first wins ties, NaN counts as largest.
 * @throws ShapeError when the last axis is empty or missing
 */
export function argmax(x: Tensor): Tensor {
  if (x.rank === 0 || x.shape[x.rank - 1] === 0) {
    throw new ShapeError(`argmax of shape ${formatShape(x.shape)} has nothing to choose from`);
  }
  return scope(() => {
    const output = Tensor.allocate(x.device, "int32", x.shape.slice(0, -1));
    x.device.run("argmax", { input: contiguous(x), output });
    return output;
  });
}
