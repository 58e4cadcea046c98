import * as T from "@retort/tensor";
import { apply, defineOp } from "../tape.js";
import { asVariable, type Operand, type Variable } from "../variable.js";
import { concat } from "./concat.js";

const reshapeOp = defineOp<T.Shape>({
  name: "reshape",
  forward: ([x], shape) => T.reshape(x, shape),
  vjp: ({ grads: [grad], inputs: [x] }) => [reshape(grad as Variable, x.shape)],
});

/** The same elements in row-major order under another shape; one length may be -1. @throws ShapeError */
export function reshape(x: Operand, shape: T.Shape): Variable {
  return apply(reshapeOp, [x], shape)[0];
}

const permuteOp = defineOp<readonly number[]>({
  name: "permute",
  forward: ([x], order) => T.permute(x, order),
  vjp: ({ grads: [grad], attributes: order }) => [
    permute(
      grad as Variable,
      order.map((_, axis) => order.indexOf(axis)),
    ),
  ],
});

/** The axes in another order: a view. Without `order` they are reversed. @throws ShapeError */
export function permute(x: Operand, order?: readonly number[]): Variable {
  const input = asVariable(x);
  const rank = input.shape.length;
  const axes = (order ?? input.shape.map((_, axis) => rank - 1 - axis)).map((axis) => T.normalizeAxis(axis, rank));
  return apply(permuteOp, [input], axes)[0];
}

/** Two axes exchanged, by default the last two: a view. @throws ShapeError */
export function transpose(x: Operand, a = -2, b = -1): Variable {
  const input = asVariable(x);
  const rank = input.shape.length;
  const order = input.shape.map((_, axis) => axis);
  const [first, second] = [T.normalizeAxis(a, rank), T.normalizeAxis(b, rank)];
  [order[first], order[second]] = [second, first];
  return permute(input, order);
}

const broadcastOp = defineOp<T.Shape>({
  name: "broadcastTo",
  forward: ([x], shape) => T.broadcastTo(x, shape),
  vjp: ({ grads: [grad] }) => [grad],
});

/** Axes of length 1 repeated up to `shape`: a view. @throws ShapeError */
export function broadcastTo(x: Operand, shape: T.Shape): Variable {
  return apply(broadcastOp, [x], shape)[0];
}

interface Range {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

const sliceOp = defineOp<Range>({
  name: "slice",
  forward: ([x], { axis, start, end }) => T.slice(x, axis, start, end),
  vjp: ({ grads: [grad], inputs: [x], attributes: { axis, start, end } }) => [
    pad(grad as Variable, axis, start, x.shape[axis] - end),
  ],
});

/**
 * The elements `start` to `end` (exclusive) of one axis: a view. Negative positions count from the end.
 * @throws ShapeError when the range leaves the axis
 */
export function slice(x: Operand, axis: number, start: number, end?: number): Variable {
  const input = asVariable(x);
  const at = T.normalizeAxis(axis, input.shape.length);
  const length = input.shape[at];
  const stop = end ?? length;
  return apply(sliceOp, [input], {
    axis: at,
    start: start < 0 ? start + length : start,
    end: stop < 0 ? stop + length : stop,
  })[0];
}

interface Parts {
  readonly axis: number;
  readonly sizes: readonly number[];
}

const splitOp = defineOp<Parts>({
  name: "split",
  forward: ([x], { axis, sizes }) => {
    let end = 0;
    const outputs = sizes.map((size) => {
      end += size;
      return T.slice(x, axis, end - size, end);
    });
    return { outputs };
  },
  vjp: ({ grads, outputs, attributes: { axis } }) => [
    concat(
      grads.map((grad, i) => grad ?? T.zeros(outputs[i].shape)),
      axis,
    ),
  ],
});

/**
 * `x` in parts of `sizes` along `axis`: views. Their gradients are put together once, where slices would each fill a
 * whole `x`.
 * @throws ShapeError when the sizes do not add up to the axis
 */
export function split(x: Operand, axis: number, sizes: readonly number[]): Variable[] {
  const input = asVariable(x);
  const at = T.normalizeAxis(axis, input.shape.length);
  if (sizes.reduce((sum, size) => sum + size, 0) !== input.shape[at]) {
    throw new T.ShapeError(`axis ${at} of shape ${T.formatShape(input.shape)} is not ${sizes.join(" + ")} long`);
  }
  return apply(splitOp, [input], { axis: at, sizes });
}

interface Padding {
  readonly axis: number;
  readonly before: number;
  readonly after: number;
}

const padOp = defineOp<Padding>({
  name: "pad",
  forward: ([x], { axis, before, after }) => T.pad(x, axis, before, after),
  vjp: ({ grads: [grad], inputs: [x], attributes: { axis, before } }) => [
    slice(grad as Variable, axis, before, before + x.shape[axis]),
  ],
});

/** `x` with `before` and `after` zeros added along `axis`. @throws ShapeError when a count is negative */
export function pad(x: Operand, axis: number, before: number, after: number): Variable {
  const input = asVariable(x);
  return apply(padOp, [input], { axis: T.normalizeAxis(axis, input.shape.length), before, after })[0];
}

/** A new axis of length 1 at `axis`: a view. @throws ShapeError */
export function expandDims(x: Operand, axis: number): Variable {
  const input = asVariable(x);
  return reshape(input, input.shape.toSpliced(T.normalizeAxis(axis, input.shape.length + 1), 0, 1));
}

/** Without an axis of length 1: a view. @throws ShapeError when its length is not 1 */
export function squeeze(x: Operand, axis: number): Variable {
  const input = asVariable(x);
  const at = T.normalizeAxis(axis, input.shape.length);
  if (input.shape[at] !== 1) {
    throw new T.ShapeError(`axis ${at} of shape ${T.formatShape(input.shape)} has not length 1`);
  }
  return reshape(input, input.shape.toSpliced(at, 1));
}

/** The slices along a new axis at `axis`, one after the other. @throws ShapeError when shapes differ */
export function stack(list: readonly Operand[], axis = 0): Variable {
  return concat(
    list.map((x) => expandDims(x, axis)),
    axis,
  );
}
