import { normalizeAxes, type ReduceOptions, reducedShape, sum as sumTensor } from "@retort/tensor";
import { apply, defineOp } from "../tape.js";
import { asVariable, type Operand, type Variable } from "../variable.js";
import { mul } from "./arithmetic.js";
import { broadcastTo, reshape } from "./views.js";

interface Folding {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

const op = defineOp<Folding>({
  name: "sum",
  forward: ([x], folding) => sumTensor(x, folding),
  vjp: ({ grads: [grad], inputs: [x], attributes: { axes } }) => [
    broadcastTo(reshape(grad as Variable, reducedShape(x.shape, axes, true)), x.shape),
  ],
});

/** Sum over axes (all when left out). The sum over nothing is 0. @throws ShapeError for a wrong axis */
export function sum(x: Operand, { axes, keepDims = false }: ReduceOptions = {}): Variable {
  const input = asVariable(x);
  return apply(op, [input], { axes: normalizeAxes(axes, input.shape.length), keepDims })[0];
}

/** Mean over axes (all when left out); NaN over nothing. @throws ShapeError for a wrong axis */
export function mean(x: Operand, options: ReduceOptions = {}): Variable {
  const input = asVariable(x);
  const count = normalizeAxes(options.axes, input.shape.length).reduce((n, axis) => n * input.shape[axis], 1);
  return mul(sum(input, options), 1 / count);
}
