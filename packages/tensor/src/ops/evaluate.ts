import type { View } from "../device.js";
import { commonDevice } from "../devices.js";
import { type DType, promote } from "../dtype.js";
import { ShapeError } from "../errors.js";
import type { Expression } from "../expr/expression.js";
import { broadcastShapes, broadcastStrides, formatShape, type Shape, sameShape } from "../shape.js";
import { Tensor } from "../tensor.js";

/** How a tensor is seen after broadcasting, without making a handle for it. */
export function broadcastView(x: Tensor, shape: Shape): View {
  if (sameShape(x.shape, shape)) return x;
  return {
    buffer: x.buffer,
    dtype: x.dtype,
    shape,
    strides: broadcastStrides(x.shape, x.strides, shape),
    offset: x.offset,
  };
}

/**
 * Evaluates an expression element by element on tensors broadcast against each other.
 * `inputs` and `parameters` come in the order of `expression.inputs` and `expression.parameters`. The result has the
 * widest dtype of the inputs unless `dtype` is given.
 * @throws ShapeError when the inputs do not broadcast, or their number is wrong
 */
export function evaluate(
  expression: Expression,
  inputs: readonly Tensor[],
  parameters: readonly number[] = [],
  dtype?: DType,
): Tensor {
  checkCount(expression, inputs, parameters);
  const shape = broadcastShapes(...inputs.map((x) => x.shape));
  const type = dtype ?? inputs.map((x) => x.dtype).reduce(promote);
  const output = Tensor.allocate(commonDevice(inputs), type, shape);
  output.device.run("elementwise", {
    expression,
    inputs: inputs.map((x) => broadcastView(x, shape)),
    parameters,
    output,
  });
  return output;
}

/**
 * The same written into `target`, which may be one of the inputs.
 * @throws ShapeError when an input does not broadcast to the shape of `target`
 */
export function evaluateInto(
  target: Tensor,
  expression: Expression,
  inputs: readonly Tensor[],
  parameters: readonly number[] = [],
): void {
  checkCount(expression, inputs, parameters);
  commonDevice([target, ...inputs]);
  target.storage.version++;
  const views = inputs.map((x) => broadcastView(x, target.shape));
  target.device.run("elementwise", { expression, inputs: views, parameters, output: target });
}

function checkCount(expression: Expression, inputs: readonly Tensor[], parameters: readonly number[]): void {
  if (inputs.length !== expression.inputs.length || parameters.length !== expression.parameters.length) {
    throw new ShapeError(
      `expression takes inputs (${expression.inputs.join(", ")}) and parameters (${expression.parameters.join(", ")}), ` +
        `found ${inputs.length} inputs of shapes ${inputs.map((x) => formatShape(x.shape)).join(", ")} and ${parameters.length} parameters`,
    );
  }
}
