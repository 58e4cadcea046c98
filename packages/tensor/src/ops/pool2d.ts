import { commonDevice } from "../devices.js";
import { ShapeError } from "../errors.js";
import type { Pool2dWindow } from "../kernels/pool2d/call.js";
import { scope } from "../memory.js";
import { formatShape, type Shape, sameShape } from "../shape.js";
import { Tensor } from "../tensor.js";
import { allInt32, needShape, needShapes, oneFloatingDtype } from "./check.js";
import { contiguous } from "./copy.js";

/** Windows of a pooling, [vertical, horizontal], and how their number is rounded. */
export interface MaxPool2dOptions extends Pool2dWindow {
  /** Whether a last window that reaches over the edge counts. Default false. */
  readonly ceilMode?: boolean;
}

/** Windows of an average pooling. */
export interface AvgPool2dOptions extends MaxPool2dOptions {
  /** Whether padding is left out of the count that a sum is divided by. Default true. */
  readonly exclusive?: boolean;
}

/**
 * [N, C, OH, OW] for an input [N, C, H, W]: OH = floor((H + 2 padding - kernel) / stride) + 1, or rounded up with
 * `ceilMode`, without a window that would start behind the last element.
 * @throws ShapeError
 */
export function pool2dOutputShape(input: Shape, options: MaxPool2dOptions): number[] {
  const { kernel, stride, padding } = options;
  const found = `input ${formatShape(input)}, kernel ${formatShape(kernel)}, stride ${formatShape(stride)}, padding ${formatShape(padding)}`;
  if (input.length !== 4) throw new ShapeError(`pooling needs an input [N, C, H, W], found ${found}`);
  const positive = [...kernel, ...stride].every((value) => Number.isInteger(value) && value >= 1);
  if (!positive || !padding.every((value, axis) => Number.isInteger(value) && value >= 0 && value < kernel[axis])) {
    throw new ShapeError(
      `pooling needs kernel and stride of at least 1 and a padding of 0 to kernel - 1, found ${found}`,
    );
  }
  const [height, width] = [outputLength(0, input, options), outputLength(1, input, options)];
  if (height < 1 || width < 1) throw new ShapeError(`pooling: the window is larger than the padded input: ${found}`);
  return [input[0], input[1], height, width];
}

function outputLength(
  axis: 0 | 1,
  input: Shape,
  { kernel, stride, padding, ceilMode = false }: MaxPool2dOptions,
): number {
  const length = input[2 + axis];
  const steps = (length + 2 * padding[axis] - kernel[axis]) / stride[axis];
  const count = (ceilMode ? Math.ceil(steps) : Math.floor(steps)) + 1;
  return (count - 1) * stride[axis] >= length + padding[axis] ? count - 1 : count;
}

/**
 * The largest element of every window of x [N, C, H, W], and its position in the plane (y * W + x, int32).
 * The first wins ties, NaN counts as largest.
 * @throws ShapeError @throws DTypeError
 */
export function maxPool2d(x: Tensor, options: MaxPool2dOptions): { output: Tensor; indices: Tensor } {
  const dtype = oneFloatingDtype("maxPool2d", { input: x });
  const shape = pool2dOutputShape(x.shape, options);
  return scope(() => {
    const output = Tensor.allocate(x.device, dtype, shape);
    const indices = Tensor.allocate(x.device, "int32", shape);
    x.device.run("maxPool2d", { input: contiguous(x), output, indices, window: options });
    return { output, indices };
  });
}

/**
 * The gradient of the input of `maxPool2d`, of shape `inputShape`. `window`, the windows of the forward pass, changes
 * nothing but the way to it: without it a device that cannot scatter leaves the work to the CPU.
 * @throws ShapeError @throws DTypeError
 */
export function maxPool2dGrad(grad: Tensor, indices: Tensor, inputShape: Shape, window?: Pool2dWindow): Tensor {
  const dtype = oneFloatingDtype("maxPool2dGrad", { grad });
  allInt32("maxPool2dGrad", { indices });
  const fits = inputShape.length === 4 && sameShape(inputShape.slice(0, 2), grad.shape.slice(0, 2));
  needShapes(
    "maxPool2dGrad",
    fits && grad.rank === 4,
    `a gradient [N, C, OH, OW] for an input ${formatShape(inputShape)}`,
    { grad },
  );
  needShape("maxPool2dGrad", grad.shape, { indices });
  return scope(() => {
    const output = Tensor.allocate(commonDevice([grad, indices]), dtype, inputShape);
    output.device.run("maxPool2dGrad", { grad: contiguous(grad), indices: contiguous(indices), output, window });
    return output;
  });
}

/** The mean of every window of x [N, C, H, W]. @throws ShapeError @throws DTypeError */
export function avgPool2d(x: Tensor, options: AvgPool2dOptions): Tensor {
  const dtype = oneFloatingDtype("avgPool2d", { input: x });
  const shape = pool2dOutputShape(x.shape, options);
  return scope(() => {
    const output = Tensor.allocate(x.device, dtype, shape);
    x.device.run("avgPool2d", { input: contiguous(x), output, window: options, exclusive: options.exclusive ?? true });
    return output;
  });
}

/** The gradient of the input of `avgPool2d`, of shape `inputShape`. @throws ShapeError @throws DTypeError */
export function avgPool2dGrad(grad: Tensor, inputShape: Shape, options: AvgPool2dOptions): Tensor {
  const dtype = oneFloatingDtype("avgPool2dGrad", { grad });
  needShape("avgPool2dGrad", pool2dOutputShape(inputShape, options), { grad });
  return scope(() => {
    const output = Tensor.allocate(grad.device, dtype, inputShape);
    grad.device.run("avgPool2dGrad", {
      grad: contiguous(grad),
      output,
      window: options,
      exclusive: options.exclusive ?? true,
    });
    return output;
  });
}
