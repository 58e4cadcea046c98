import * as T from "@retort/tensor";
import { apply, defineOp } from "../tape.js";
import type { Operand, Variable } from "../variable.js";
import { pair } from "./conv2d.js";

/** A pooling window; the stride defaults to the kernel. */
export interface PoolOptions {
  readonly kernel: number | readonly [number, number];
  readonly stride?: number | readonly [number, number];
  readonly padding?: number | readonly [number, number];
  readonly ceilMode?: boolean;
}

type Window = { kernel: [number, number]; stride: [number, number]; padding: [number, number]; ceilMode: boolean };

function complete({ kernel, stride = kernel, padding = 0, ceilMode = false }: PoolOptions): Window {
  return { kernel: pair(kernel), stride: pair(stride), padding: pair(padding), ceilMode };
}

const maxOp = defineOp<Window>({
  name: "maxPool2d",
  forward: ([x], window) => {
    const { output, indices } = T.maxPool2d(x, window);
    return { outputs: [output], saved: [indices] };
  },
  vjp: ({ grads: [grad], inputs: [x], saved: [indices], attributes: window }) => [
    spread(grad as Variable, { indices, window, shape: x.shape }),
  ],
});

interface Chosen {
  readonly indices: T.Tensor;
  readonly window: Window;
  readonly shape: T.Shape;
}

// Once the maxima are chosen, pooling is a selection: linear, and its gradient is the opposite selection.
const spreadOp = defineOp<Chosen>({
  name: "maxPool2dGrad",
  forward: ([grad], { indices, shape, window }) => T.maxPool2dGrad(grad, indices, shape, window),
  vjp: ({ grads: [outer], attributes }) => [select(outer as Variable, attributes)],
});

const selectOp = defineOp<Chosen>({
  name: "maxPool2dSelect",
  forward: ([x], { indices }) => {
    const [n, c, h, w] = x.shape;
    const windows = indices.shape[2] * indices.shape[3];
    const repeated = T.broadcastTo(T.reshape(x, [n, c, 1, h * w]), [n, c, windows, h * w]);
    return T.reshape(T.pick(repeated, T.reshape(indices, [n, c, windows])), indices.shape);
  },
  vjp: ({ grads: [outer], attributes }) => [spread(outer as Variable, attributes)],
});

function spread(grad: Variable, chosen: Chosen): Variable {
  return apply(spreadOp, [grad], chosen)[0];
}

function select(x: Variable, chosen: Chosen): Variable {
  return apply(selectOp, [x], chosen)[0];
}

/** Largest value in each window of x [N, C, H, W]; padding never wins. @throws ShapeError when nothing is left */
export function maxPool2d(x: Operand, options: PoolOptions): Variable {
  return apply(maxOp, [x], complete(options))[0];
}

type Averaging = Window & { exclusive: boolean };

const averageOp = defineOp<Averaging>({
  name: "avgPool2d",
  forward: ([x], window) => T.avgPool2d(x, window),
  vjp: ({ grads: [grad], inputs: [x], attributes }) => [averageGrad(grad as Variable, x.shape, attributes)],
});

const averageGradOp = defineOp<{ window: Averaging; shape: T.Shape }>({
  name: "avgPool2dGrad",
  forward: ([grad], { window, shape }) => T.avgPool2dGrad(grad, shape, window),
  vjp: ({ grads: [outer], attributes: { window } }) => [apply(averageOp, [outer as Variable], window)[0]],
});

function averageGrad(grad: Variable, shape: T.Shape, window: Averaging): Variable {
  return apply(averageGradOp, [grad], { window, shape })[0];
}

/**
 * Mean of each window of x [N, C, H, W]; `exclusive` (the default) does not count padding.
 * @throws ShapeError when nothing is left
 */
export function avgPool2d(x: Operand, options: PoolOptions & { readonly exclusive?: boolean }): Variable {
  return apply(averageOp, [x], { ...complete(options), exclusive: options.exclusive ?? true })[0];
}
