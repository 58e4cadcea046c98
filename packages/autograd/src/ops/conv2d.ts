import * as T from "@retort/tensor";
import { apply, defineOp } from "../tape.js";
import { asVariable, type Operand, type Variable } from "../variable.js";
import { sum } from "./sum.js";

const op = defineOp<T.Conv2dOptions>({
  name: "conv2d",
  forward: ([x, weight, bias], options) => T.conv2d(x, weight, options, bias),
  vjp: ({ grads: [grad], inputs: [x, weight, bias], attributes, needs }) => {
    const g = grad as Variable;
    return [
      needs[0] ? conv2dInputGrad(g, weight, x.shape, attributes) : undefined,
      needs[1] ? conv2dWeightGrad(x, g, weight.shape, attributes) : undefined,
      bias && needs[2] ? sum(g, { axes: [0, 2, 3] }) : undefined,
    ];
  },
});

interface WithShape {
  readonly shape: T.Shape;
  readonly options: T.Conv2dOptions;
}

// The three functions are each other's gradients: the convolution is linear in the input and in the weight.
const inputGradOp = defineOp<WithShape>({
  name: "conv2dInputGrad",
  forward: ([grad, weight], { shape, options }) => T.conv2dInputGrad(grad, weight, shape, options),
  vjp: ({ grads: [outer], inputs: [grad, weight], attributes: { options }, needs }) => [
    needs[0] ? conv2d(outer as Variable, weight, options) : undefined,
    needs[1] ? conv2dWeightGrad(outer as Variable, grad, weight.shape, options) : undefined,
  ],
});

const weightGradOp = defineOp<WithShape>({
  name: "conv2dWeightGrad",
  forward: ([x, grad], { shape, options }) => T.conv2dWeightGrad(x, grad, shape, options),
  vjp: ({ grads: [outer], inputs: [x, grad], attributes: { options }, needs }) => [
    needs[0] ? conv2dInputGrad(grad, outer as Variable, x.shape, options) : undefined,
    needs[1] ? conv2d(x, outer as Variable, options) : undefined,
  ],
});

/** What a convolution does besides its weights; each has the usual default. */
export interface ConvolutionOptions {
  readonly stride?: number | readonly [number, number];
  readonly padding?: number | readonly [number, number];
  readonly dilation?: number | readonly [number, number];
  readonly groups?: number;
}

/** A number for both axes, or [rows, columns]. */
export function pair(value: number | readonly [number, number]): [number, number] {
  return typeof value === "number" ? [value, value] : [value[0], value[1]];
}

function complete({ stride = 1, padding = 0, dilation = 1, groups = 1 }: ConvolutionOptions): T.Conv2dOptions {
  return { stride: pair(stride), padding: pair(padding), dilation: pair(dilation), groups };
}

/**
 * Two-dimensional cross-correlation of x [N, C, H, W] with weight [O, C / groups, kh, kw], plus bias [O].
 * @throws ShapeError when channels do not fit or the output would be empty
 */
export function conv2d(x: Operand, weight: Operand, options: ConvolutionOptions = {}, bias?: Operand): Variable {
  return apply(op, bias === undefined ? [x, weight] : [x, weight, bias], complete(options))[0];
}

/**
 * Transposed convolution: the gradient of `conv2d` towards an input of `outputShape` [N, C, H, W], weight
 * [in, C / groups, kh, kw] as in the reference.
 * @throws ShapeError when `outputShape` does not lead to the shape of `x`
 */
export function convTranspose2d(
  x: Operand,
  weight: Operand,
  outputShape: T.Shape,
  options: ConvolutionOptions = {},
): Variable {
  return conv2dInputGrad(asVariable(x), asVariable(weight), outputShape, complete(options));
}

function conv2dInputGrad(grad: Variable, weight: Variable, shape: T.Shape, options: T.Conv2dOptions): Variable {
  return apply(inputGradOp, [grad, weight], { shape, options })[0];
}

function conv2dWeightGrad(x: Variable, grad: Variable, shape: T.Shape, options: T.Conv2dOptions): Variable {
  return apply(weightGradOp, [x, grad], { shape, options })[0];
}
