import { type DType, isFloating } from "../dtype.js";
import { DTypeError, ShapeError } from "../errors.js";
import { formatShape, type Shape, sameShape } from "../shape.js";
import type { Tensor } from "../tensor.js";

/** Tensors by the names that error messages give them. */
export type Named = Readonly<Record<string, Tensor | undefined>>;

function describe(tensors: Named): string {
  const present = Object.entries(tensors).filter((entry): entry is [string, Tensor] => entry[1] !== undefined);
  return present.map(([name, x]) => `${name} ${x.dtype} ${formatShape(x.shape)}`).join(", ");
}

/** Checks that all tensors share one floating dtype, which is returned. @throws DTypeError */
export function oneFloatingDtype(operation: string, tensors: Named): DType {
  const present = Object.values(tensors).filter((x) => x !== undefined);
  const dtype = present[0].dtype;
  if (!isFloating(dtype) || present.some((x) => x.dtype !== dtype)) {
    throw new DTypeError(`${operation} needs one floating dtype, found ${describe(tensors)}`);
  }
  return dtype;
}

/** Checks that every named tensor is int32. @throws DTypeError */
export function allInt32(operation: string, tensors: Named): void {
  if (Object.values(tensors).some((x) => x !== undefined && x.dtype !== "int32")) {
    throw new DTypeError(`${operation} needs int32, found ${describe(tensors)}`);
  }
}

/**
 * Checks `fits`, usually a comparison of shapes.
 * @throws ShapeError saying what was needed and which tensors were found
 */
export function needShapes(operation: string, fits: boolean, needed: string, tensors: Named): void {
  if (!fits) throw new ShapeError(`${operation} needs ${needed}, found ${describe(tensors)}`);
}

/** Checks the shape of every named tensor that is given. @throws ShapeError */
export function needShape(operation: string, shape: Shape, tensors: Named): void {
  if (Object.values(tensors).every((x) => x === undefined || sameShape(x.shape, shape))) return;
  throw new ShapeError(`${operation} needs shape ${formatShape(shape)}, found ${describe(tensors)}`);
}
