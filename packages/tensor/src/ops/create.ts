import { currentDevice } from "../devices.js";
import { type DType, dtypeOf, hostArray, type TypedArray } from "../dtype.js";
import { ShapeError } from "../errors.js";
import { formatShape, type Shape, sizeOf } from "../shape.js";
import { Tensor } from "../tensor.js";

/**
 * A tensor with a copy of `data`. A plain array of numbers becomes float32 unless `dtype` says otherwise; a typed array
 * keeps its type. `shape` defaults to one axis.
 * @throws ShapeError when `shape` does not hold exactly the elements of `data`
 */
export function tensor(data: TypedArray | readonly number[] | number, shape?: Shape, dtype?: DType): Tensor {
  const list = typeof data === "number" ? [data] : data;
  const target = shape ?? (typeof data === "number" ? [] : [list.length]);
  if (sizeOf(target) !== list.length) {
    throw new ShapeError(
      `shape ${formatShape(target)} holds ${sizeOf(target)} elements, but ${list.length} were given`,
    );
  }
  const isTyped = ArrayBuffer.isView(list);
  const type = dtype ?? (isTyped ? dtypeOf(list as TypedArray) : "float32");
  const result = Tensor.allocate(currentDevice(), type, target);
  if (
    isTyped &&
    (type === dtypeOf(list as TypedArray) ||
      (type === "bool" && list instanceof Uint8Array && list.every((v) => v <= 1)))
  ) {
    result.device.upload(result.buffer, list as TypedArray);
    return result;
  }
  const host = hostArray(type, list.length);
  for (let i = 0; i < list.length; i++) host[i] = type === "bool" ? Number(list[i] !== 0) : list[i];
  result.device.upload(result.buffer, host);
  return result;
}

/** A tensor of `shape` in which every element is `value`. */
export function full(shape: Shape, value: number, dtype: DType = "float32"): Tensor {
  const result = Tensor.allocate(currentDevice(), dtype, shape);
  fill(result, value);
  return result;
}

/** A tensor of zeros. */
export function zeros(shape: Shape, dtype: DType = "float32"): Tensor {
  return full(shape, 0, dtype);
}

/** A tensor of ones. */
export function ones(shape: Shape, dtype: DType = "float32"): Tensor {
  return full(shape, 1, dtype);
}

/** The integers from 0 to `count` - 1. */
export function arange(count: number, dtype: DType = "float32"): Tensor {
  return tensor(
    hostArray(dtype, count).map((_, i) => i),
    [count],
    dtype,
  );
}

/** Writes `value` into every element of `target`, in place. */
export function fill(target: Tensor, value: number): void {
  target.storage.version++;
  target.device.run("fill", { value, output: target });
}
