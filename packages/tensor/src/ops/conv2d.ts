import { commonDevice } from "../devices.js";
import { ShapeError } from "../errors.js";
import type { Conv2dOptions } from "../kernels/conv2d/call.js";
import { scope } from "../memory.js";
import { formatShape, type Shape, sameShape } from "../shape.js";
import { Tensor } from "../tensor.js";
import { needShape, needShapes, oneFloatingDtype } from "./check.js";
import { contiguous } from "./copy.js";

export type { Conv2dOptions };

/**
 * [N, O, OH, OW] for an input [N, C, H, W] and a weight [O, C / groups, kh, kw], where
 * OH = floor((H + 2 padding - dilation (kh - 1) - 1) / stride) + 1.
 * @throws ShapeError when channels, groups or lengths do not fit
 */
export function conv2dOutputShape(input: Shape, weight: Shape, options: Conv2dOptions): number[] {
  const found = (): string => `input ${formatShape(input)}, weight ${formatShape(weight)}, ${describe(options)}`;
  if (input.length !== 4 || weight.length !== 4) {
    throw new ShapeError(`conv2d needs input [N, C, H, W] and weight [O, C / groups, kh, kw], found ${found()}`);
  }
  checkOptions(options);
  const { groups } = options;
  if (input[1] !== weight[1] * groups || weight[0] % groups !== 0) {
    throw new ShapeError(`conv2d needs C = groups x weight.shape[1] and O a multiple of groups, found ${found()}`);
  }
  const [height, width] = [outputLength(0, input, weight, options), outputLength(1, input, weight, options)];
  if (height < 1 || width < 1) throw new ShapeError(`conv2d: the kernel is larger than the padded input: ${found()}`);
  return [input[0], weight[0], height, width];
}

function outputLength(axis: 0 | 1, input: Shape, weight: Shape, { stride, padding, dilation }: Conv2dOptions): number {
  const span = dilation[axis] * (weight[2 + axis] - 1) + 1;
  return Math.floor((input[2 + axis] + 2 * padding[axis] - span) / stride[axis]) + 1;
}

function checkOptions(options: Conv2dOptions): void {
  const { stride, padding, dilation, groups } = options;
  const positive = [...stride, ...dilation, groups].every((value) => Number.isInteger(value) && value >= 1);
  if (!positive || !padding.every((value) => Number.isInteger(value) && value >= 0)) {
    throw new ShapeError(
      `conv2d needs stride, dilation and groups of at least 1 and padding of at least 0, found ${describe(options)}`,
    );
  }
}

function describe({ stride, padding, dilation, groups }: Conv2dOptions): string {
  return `stride ${formatShape(stride)}, padding ${formatShape(padding)}, dilation ${formatShape(dilation)}, groups ${groups}`;
}

/**
 * 2-d convolution (cross-correlation): x [N, C, H, W], weight [O, C / groups, kh, kw], bias [O] give [N, O, OH, OW].
 * @throws ShapeError @throws DTypeError
 */
export function conv2d(x: Tensor, weight: Tensor, options: Conv2dOptions, bias?: Tensor): Tensor {
  const dtype = oneFloatingDtype("conv2d", { input: x, weight, bias });
  const shape = conv2dOutputShape(x.shape, weight.shape, options);
  const fits = bias === undefined || sameShape(bias.shape, [shape[1]]);
  needShapes("conv2d", fits, `a bias of shape [${shape[1]}]`, { bias });
  const device = commonDevice(bias ? [x, weight, bias] : [x, weight]);
  return scope(() => {
    const output = Tensor.allocate(device, dtype, shape);
    const call = { input: contiguous(x), weight: contiguous(weight), bias: bias && contiguous(bias), output, options };
    device.run("conv2d", call);
    return output;
  });
}

/**
 * The gradient of the input of `conv2d`, of shape `inputShape`, from grad [N, O, OH, OW] and weight.
 * @throws ShapeError @throws DTypeError
 */
export function conv2dInputGrad(grad: Tensor, weight: Tensor, inputShape: Shape, options: Conv2dOptions): Tensor {
  const dtype = oneFloatingDtype("conv2dInputGrad", { grad, weight });
  const shape = conv2dOutputShape(inputShape, weight.shape, options);
  needShape("conv2dInputGrad", shape, { grad });
  const device = commonDevice([grad, weight]);
  return scope(() => {
    const output = Tensor.allocate(device, dtype, inputShape);
    device.run("conv2dInputGrad", { grad: contiguous(grad), weight: contiguous(weight), output, options });
    return output;
  });
}

/**
 * The gradient of the weight of `conv2d`, of shape `weightShape`, from x [N, C, H, W] and grad [N, O, OH, OW].
 * @throws ShapeError @throws DTypeError
 */
export function conv2dWeightGrad(x: Tensor, grad: Tensor, weightShape: Shape, options: Conv2dOptions): Tensor {
  const dtype = oneFloatingDtype("conv2dWeightGrad", { input: x, grad });
  const shape = conv2dOutputShape(x.shape, weightShape, options);
  needShape("conv2dWeightGrad", shape, { grad });
  const device = commonDevice([x, grad]);
  return scope(() => {
    const output = Tensor.allocate(device, dtype, weightShape);
    device.run("conv2dWeightGrad", { input: contiguous(x), grad: contiguous(grad), output, options });
    return output;
  });
}
