/** The bridge to ndarray, without copies where both can read the same memory. */
import ndarray from "ndarray";
import { elements } from "../cpu/buffer.js";
import { cpu } from "../cpu/device.js";
import { dtypeOf, hostArray, type TypedArray } from "../dtype.js";
import { DeviceError, DTypeError } from "../errors.js";
import { keep } from "../memory.js";
import { tensor } from "../ops/create.js";
import type { Tensor } from "../tensor.js";

// The arrays that look into tensors, with the view that keeps each one's memory as long as the array is reachable.
const exported = new WeakMap<object, Tensor>();

/**
 * An ndarray on the memory of `x`: shape, strides and offset are those of the tensor, nothing is copied. The memory
 * stays as it is while the ndarray, or one made from it by `pick`, `step` and the like, can be reached, whatever becomes
 * of the tensor. Writing to the ndarray changes the tensor, and `backward` does not notice it.
 * @throws DeviceError when `x` is not on the CPU, or where the heap is not shared memory, whose views end as it grows
 * @throws ReleasedError
 */
export function toNdarray(x: Tensor): ndarray.NdArray<TypedArray> {
  if (x.device !== cpu()) throw new DeviceError(`toNdarray needs a tensor on the CPU, found one on ${x.device.name}`);
  const data = elements(x);
  if (data.buffer instanceof ArrayBuffer) {
    throw new DeviceError("toNdarray needs shared memory, which this environment does not allow: use data() instead");
  }
  const pin = keep(x.view(x.shape, x.strides, x.offset));
  pin.storage.pin();
  exported.set(data, pin);
  return ndarray(data, [...x.shape], [...x.strides], x.offset);
}

/**
 * A tensor with the elements of `nd`. An ndarray that `toNdarray` made, or a view of one, is read where it lies, with its
 * shape, strides and offset. Any other is copied once into the heap of the tensors, in row-major order.
 * @throws DTypeError unless the data are a Float32Array, Float64Array, Int32Array or Uint8Array
 */
export function fromNdarray(nd: ndarray.NdArray): Tensor {
  const data: unknown = nd.data;
  const pin = exported.get(nd.data);
  if (pin !== undefined) return pin.view([...nd.shape], [...nd.stride], nd.offset);
  if (!isTyped(data)) {
    throw new DTypeError(`fromNdarray takes float32, float64, int32 and uint8 data, found ${nd.dtype}`);
  }
  return tensor(rowMajor(nd, data), [...nd.shape]);
}

function isTyped(data: unknown): data is TypedArray {
  return [Float32Array, Float64Array, Int32Array, Uint8Array].some((type) => data instanceof type);
}

function rowMajor(nd: ndarray.NdArray, data: TypedArray): TypedArray {
  const result = hostArray(dtypeOf(data), nd.size);
  let at = 0;
  const walk = (axis: number, position: number): void => {
    if (axis === nd.shape.length) {
      result[at++] = data[position];
      return;
    }
    for (let i = 0; i < nd.shape[axis]; i++) walk(axis + 1, position + i * nd.stride[axis]);
  };
  walk(0, nd.offset);
  return result;
}
