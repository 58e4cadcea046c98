import { ShapeError } from "./errors.js";

/** Lengths of the axes, outermost first; `[]` is the shape of a scalar. */
export type Shape = readonly number[];

/** Number of elements of a shape: the product of its lengths, 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

/** Row-major strides, in elements. */
export function rowMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

/** True when elements lie in row-major order without gaps (axes of length 1 may have any stride). */
export function isContiguous(shape: Shape, strides: Shape): boolean {
  if (shape.includes(0)) return true;
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis];
  }
  return true;
}

/** True when both shapes have the same lengths. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** `[2, 3]` as text, for error messages. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/**
 * The shape that all given shapes broadcast to by NumPy's rule: aligned at the last axis, lengths equal or 1.
 * @throws ShapeError naming the shapes when they do not fit.
 */
export function broadcastShapes(...shapes: Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    const shift = rank - shape.length;
    for (let axis = 0; axis < shape.length; axis++) {
      const length = shape[axis];
      if (length === 1 || length === result[shift + axis]) continue;
      if (result[shift + axis] !== 1) {
        throw new ShapeError(
          `shapes ${shapes.map(formatShape).join(" and ")} do not broadcast: axis ${shift + axis} has lengths ${result[shift + axis]} and ${length}`,
        );
      }
      result[shift + axis] = length;
    }
  }
  return result;
}

/**
 * Strides that make an array of `shape` and `strides` read as `target`: 0 where an axis is repeated.
 * @throws ShapeError when `shape` does not broadcast to `target`.
 */
export function broadcastStrides(shape: Shape, strides: Shape, target: Shape): number[] {
  const shift = target.length - shape.length;
  const fits = shift >= 0 && shape.every((length, axis) => length === 1 || length === target[shift + axis]);
  if (!fits) throw new ShapeError(`shape ${formatShape(shape)} does not broadcast to ${formatShape(target)}`);
  return target.map((_, axis) => (axis < shift || shape[axis - shift] === 1 ? 0 : strides[axis - shift]));
}

/**
 * `axis` counted from the front; negative values count from the end.
 * @throws ShapeError when it lies outside of `rank` axes.
 */
export function normalizeAxis(axis: number, rank: number): number {
  const result = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || result < 0 || result >= rank) {
    throw new ShapeError(`axis ${axis} is outside of a tensor with ${rank} axes`);
  }
  return result;
}

/** Sorted axes without repetition; undefined means all. @throws ShapeError as `normalizeAxis`, or when one is named twice. */
export function normalizeAxes(axes: number | readonly number[] | undefined, rank: number): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const list = (typeof axes === "number" ? [axes] : [...axes]).map((axis) => normalizeAxis(axis, rank));
  if (new Set(list).size !== list.length) throw new ShapeError(`axes ${formatShape(list)} name one axis twice`);
  return list.sort((a, b) => a - b);
}

/** The shape after reducing `axes`: removed, or kept with length 1. `axes` are normalized. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): number[] {
  if (keepDims) return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return shape.filter((_, axis) => !axes.includes(axis));
}

/**
 * Checks that every length is a non-negative integer.
 * @throws ShapeError naming the shape.
 */
export function checkShape(shape: Shape): void {
  if (!shape.every((length) => Number.isInteger(length) && length >= 0)) {
    throw new ShapeError(`${formatShape(shape)} is no shape: lengths are non-negative integers`);
  }
}
