import type { Device, DeviceBuffer, View } from "./device.js";
import { type DType, hostArray, type TypedArray } from "./dtype.js";
import { DeviceError, ReleasedError, ShapeError } from "./errors.js";
import { type Owner, type Releasable, register } from "./memory.js";
import { checkShape, formatShape, isContiguous, rowMajorStrides, type Shape, sizeOf } from "./shape.js";
import { Storage } from "./storage.js";

/** What the garbage collector needs to know of a handle that nobody released. */
interface Hold {
  readonly storage: Storage;
  released: boolean;
}

const collected = new FinalizationRegistry<Hold>((hold) => {
  if (hold.released) return;
  hold.released = true;
  hold.storage.release();
});

/**
 * An n-dimensional array: a storage and how to walk it (shape, strides and offset in elements).
 * Views share the storage and never copy. A tensor does not change; only kernels that say so write in place.
 *
 * Memory needs no care: what a graph owns is given back by `backward`, what a `scope` made at its end, anything else
 * when the garbage collector finds it.
 */
export class Tensor implements View, Releasable, Owner {
  readonly shape: Shape;
  readonly strides: Shape;
  readonly offset: number;
  private readonly hold: Hold;
  private reason = "it was released";

  /** Takes over one hold on `storage`. Use the functions that make tensors instead of this. */
  constructor(storage: Storage, shape: Shape, strides: Shape = rowMajorStrides(shape), offset = 0) {
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    this.hold = { storage, released: false };
    collected.register(this, this.hold, this.hold);
    register(this);
  }

  /** An uninitialised contiguous tensor. @throws ShapeError @throws OutOfMemoryError */
  static allocate(device: Device, dtype: DType, shape: Shape): Tensor {
    checkShape(shape);
    return new Tensor(new Storage(device, dtype, sizeOf(shape)), shape);
  }

  get dtype(): DType {
    return this.hold.storage.dtype;
  }

  get device(): Device {
    return this.hold.storage.device;
  }

  /** Number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** True when the elements lie in row-major order without gaps. */
  get contiguous(): boolean {
    return isContiguous(this.shape, this.strides);
  }

  /** The shared memory under this view. @throws ReleasedError */
  get storage(): Storage {
    if (this.hold.released) {
      throw new ReleasedError(`tensor of shape ${formatShape(this.shape)} cannot be read: ${this.reason}`);
    }
    return this.hold.storage;
  }

  /** @throws ReleasedError */
  get buffer(): DeviceBuffer {
    return this.storage.buffer;
  }

  get released(): boolean {
    return this.hold.released;
  }

  /** Another view of the same storage. @throws ShapeError @throws ReleasedError */
  view(shape: Shape, strides: Shape, offset: number): Tensor {
    checkShape(shape);
    return new Tensor(this.storage.retain(), shape, strides, offset);
  }

  /** Gives this handle's hold on its memory back; `reason` completes "cannot be read: ..." in later errors. */
  release(reason = "it was released"): void {
    if (this.hold.released) return;
    this.hold.released = true;
    // Finalizers do not run in synchronous code, so what is released must not wait for one.
    collected.unregister(this.hold);
    this.reason = reason;
    this.hold.storage.release();
  }

  ownedTensors(): Iterable<Tensor> {
    return [this];
  }

  /** A copy of the elements in row-major order. @throws ReleasedError */
  async data(): Promise<TypedArray> {
    const storage = this.storage;
    const all = storage.parked ?? (await this.device.read(storage.buffer, this.dtype, storage.length));
    return gather(all, this.shape, this.strides, this.offset);
  }

  /** The same at once. @throws ReleasedError @throws DeviceError on a device that can only be read asynchronously */
  dataSync(): TypedArray {
    const storage = this.storage;
    const all = storage.parked ?? this.device.readSync(storage.buffer, this.dtype, storage.length);
    return gather(all, this.shape, this.strides, this.offset);
  }

  /** The only element. @throws ShapeError when there is not exactly one @throws DeviceError as `dataSync` */
  item(): number {
    if (this.size !== 1)
      throw new ShapeError(`item() needs exactly one element, found shape ${formatShape(this.shape)}`);
    return this.dataSync()[0];
  }

  /** `Tensor float32 [2, 3] 1 2 3 4 5 6`: dtype, shape and the first elements. */
  toString(): string {
    const head = `Tensor ${this.dtype} ${formatShape(this.shape)}`;
    if (this.released) return `${head} (released)`;
    try {
      const data = this.dataSync();
      const shown = Array.from(data.subarray(0, 8), (value) => Number(value.toPrecision(5)));
      return `${head} ${shown.join(" ")}${data.length > 8 ? " ..." : ""}`;
    } catch (error) {
      if (error instanceof DeviceError) return `${head} on ${this.device.name}`;
      throw error;
    }
  }
}

function gather(all: TypedArray, shape: Shape, strides: Shape, offset: number): TypedArray {
  const size = sizeOf(shape);
  if (isContiguous(shape, strides)) return all.slice(offset, offset + size);
  const result = all instanceof Uint8Array ? new Uint8Array(size) : hostArrayLike(all, size);
  let at = 0;
  const walk = (axis: number, position: number): void => {
    if (axis === shape.length) {
      result[at++] = all[position];
      return;
    }
    for (let i = 0; i < shape[axis]; i++) walk(axis + 1, position + i * strides[axis]);
  };
  walk(0, offset);
  return result;
}

function hostArrayLike(array: TypedArray, length: number): TypedArray {
  if (array instanceof Float32Array) return hostArray("float32", length);
  return hostArray(array instanceof Float64Array ? "float64" : "int32", length);
}
