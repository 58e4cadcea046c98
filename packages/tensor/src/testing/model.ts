import type { Shape } from "../shape.js";
import type { Tensor } from "../tensor.js";

/** What a tensor should be: a shape, and a function from an index to the element. */
export interface Model {
  readonly shape: Shape;
  readonly at: (index: readonly number[]) => number;
}

/** Every index of a shape in row-major order. */
export function indicesOf(shape: Shape): number[][] {
  return shape.reduce<number[][]>(
    (found, length) => found.flatMap((index) => Array.from({ length }, (_, i) => [...index, i])),
    [[]],
  );
}

/** The elements of a model in row-major order. */
export function valuesOf({ shape, at }: Model): number[] {
  return indicesOf(shape).map(at);
}

/** A model of given elements. */
export function modelOf(values: ArrayLike<number>, shape: Shape): Model {
  return { shape, at: (index) => values[index.reduce((position, i, axis) => position * shape[axis] + i, 0)] };
}

/** A model of the elements that a tensor has now. */
export function modelOfTensor(x: Tensor): Model {
  return modelOf(x.dataSync(), x.shape);
}

/** A model broadcast to `shape` by NumPy's rule. */
export function broadcastModel(model: Model, shape: Shape): Model {
  const shift = shape.length - model.shape.length;
  return {
    shape,
    at: (index) => model.at(model.shape.map((length, axis) => (length === 1 ? 0 : index[axis + shift]))),
  };
}
