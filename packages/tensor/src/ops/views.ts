import { ShapeError } from "../errors.js";
import { broadcastStrides, formatShape, normalizeAxis, rowMajorStrides, type Shape, sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { contiguous } from "./copy.js";

/**
 * The same elements in row-major order under another shape; one length may be -1 and is worked out.
 * A view where the strides allow it, else a copy.
 * @throws ShapeError when the sizes differ
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const target = inferLength(x, shape);
  const strides = x.contiguous ? rowMajorStrides(target) : viewStrides(x, target);
  if (strides !== undefined) return x.view(target, strides, x.offset);
  const copy = contiguous(x);
  const result = copy.view(target, rowMajorStrides(target), copy.offset);
  copy.release();
  return result;
}

function inferLength(x: Tensor, shape: Shape): number[] {
  const known = shape.filter((length) => length !== -1).reduce((a, b) => a * b, 1);
  const target = shape.map((length) => (length === -1 ? x.size / known : length));
  const bad = shape.filter((length) => length === -1).length > 1 || target.some((length) => !Number.isInteger(length));
  if (bad || sizeOf(target) !== x.size) {
    throw new ShapeError(
      `shape ${formatShape(x.shape)} (${x.size} elements) cannot be reshaped to ${formatShape(shape)}`,
    );
  }
  return target;
}

/** Strides for `target` over the same memory, or undefined when a copy is needed. */
function viewStrides(x: Tensor, target: readonly number[]): number[] | undefined {
  const runs = mergeAxes(x.shape, x.strides);
  const strides = new Array<number>(target.length);
  let { length: left, stride: step } = runs.pop() ?? { length: 1, stride: 1 };
  for (let axis = target.length - 1; axis >= 0; axis--) {
    if (left === 1 && target[axis] !== 1) ({ length: left, stride: step } = runs.pop() as Run);
    if (left % target[axis] !== 0) return undefined;
    strides[axis] = step;
    step *= target[axis];
    left /= target[axis];
  }
  return strides;
}

interface Run {
  length: number;
  readonly stride: number;
}

/** The axes, outermost first, with neighbours that lie one after the other in memory merged. */
function mergeAxes(shape: Shape, strides: Shape): Run[] {
  const runs: Run[] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    if (shape[axis] === 1) continue;
    const outer = runs.at(-1);
    if (outer !== undefined && outer.stride === strides[axis] * shape[axis]) {
      runs[runs.length - 1] = { length: outer.length * shape[axis], stride: strides[axis] };
    } else {
      runs.push({ length: shape[axis], stride: strides[axis] });
    }
  }
  return runs;
}

/**
 * A view with the axes in another order; without `order` they are reversed.
 * @throws ShapeError when `order` does not name every axis once
 */
export function permute(x: Tensor, order?: readonly number[]): Tensor {
  const axes = (order ?? x.shape.map((_, axis) => x.rank - 1 - axis)).map((axis) => normalizeAxis(axis, x.rank));
  if (axes.length !== x.rank || new Set(axes).size !== x.rank) {
    throw new ShapeError(`order ${formatShape(order ?? [])} must name each of the ${x.rank} axes once`);
  }
  return x.view(
    axes.map((axis) => x.shape[axis]),
    axes.map((axis) => x.strides[axis]),
    x.offset,
  );
}

/** A view with two axes exchanged, by default the last two. @throws ShapeError */
export function transpose(x: Tensor, a = -2, b = -1): Tensor {
  const order = x.shape.map((_, axis) => axis);
  const [first, second] = [normalizeAxis(a, x.rank), normalizeAxis(b, x.rank)];
  [order[first], order[second]] = [second, first];
  return permute(x, order);
}

/** A view in which axes of length 1 are repeated up to `shape`. @throws ShapeError */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  return x.view(shape, broadcastStrides(x.shape, x.strides, shape), x.offset);
}

/**
 * A view of the elements `start` to `end` (exclusive) of one axis; negative positions count from the end.
 * @throws ShapeError when the range leaves the axis
 */
export function slice(
  x: Tensor,
  axis: number,
  start: number,
  end: number = x.shape[normalizeAxis(axis, x.rank)],
): Tensor {
  const at = normalizeAxis(axis, x.rank);
  const length = x.shape[at];
  const from = start < 0 ? start + length : start;
  const to = end < 0 ? end + length : end;
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && to >= from && to <= length)) {
    throw new ShapeError(`range ${start} to ${end} leaves axis ${at} of shape ${formatShape(x.shape)}`);
  }
  return x.view(
    x.shape.map((n, i) => (i === at ? to - from : n)),
    x.strides,
    x.offset + from * x.strides[at],
  );
}

/** A view with a new axis of length 1 at `axis` (0 to rank, negative from the end). @throws ShapeError */
export function expandDims(x: Tensor, axis: number): Tensor {
  const at = normalizeAxis(axis, x.rank + 1);
  return x.view(x.shape.toSpliced(at, 0, 1), x.strides.toSpliced(at, 0, 0), x.offset);
}

/** A view without an axis of length 1. @throws ShapeError when its length is not 1 */
export function squeeze(x: Tensor, axis: number): Tensor {
  const at = normalizeAxis(axis, x.rank);
  if (x.shape[at] !== 1) throw new ShapeError(`axis ${at} of shape ${formatShape(x.shape)} has not length 1`);
  return x.view(x.shape.toSpliced(at, 1), x.strides.toSpliced(at, 1), x.offset);
}
