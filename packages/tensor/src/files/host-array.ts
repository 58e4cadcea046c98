/** The typed arrays that files can hold. */
export type HostData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/** Names of the element types that files can hold. `float16` and `bfloat16` are kept as their raw bits. */
export type HostDtype =
  | "float64"
  | "float32"
  | "float16"
  | "bfloat16"
  | "int64"
  | "int32"
  | "int16"
  | "int8"
  | "uint64"
  | "uint32"
  | "uint16"
  | "uint8"
  | "bool";

/** An array as it stands in a file: row-major `data` of `shape`; a 0-d array has shape `[]` and one element. */
export interface HostArray {
  dtype: HostDtype;
  shape: number[];
  data: HostData;
}

interface HostDataConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): HostData;
}

/** The typed array that holds each element type. `bool` is one byte, 0 or 1. */
export const hostConstructors: Record<HostDtype, HostDataConstructor> = {
  float64: Float64Array,
  float32: Float32Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint64: BigUint64Array,
  uint32: Uint32Array,
  uint16: Uint16Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/** The bytes that `array` covers, without copying. */
export function bytesOf(array: HostData): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** A fresh, aligned typed array over a copy of `bytes`, whose length must be a multiple of the element size. */
export function hostDataFrom(dtype: HostDtype, bytes: Uint8Array): HostData {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return new hostConstructors[dtype](copy.buffer);
}

/**
 * Checks that `array` is consistent: sizes are non-negative integers, their product is the number of elements, and
 * the typed array is the one that belongs to the dtype. Throws an Error that names `what`.
 */
export function checkHostArray(what: string, array: HostArray): void {
  for (const size of array.shape) {
    if (!Number.isSafeInteger(size) || size < 0) throw new Error(`${what}: shape [${array.shape}] is not a shape`);
  }
  if (!(array.data instanceof hostConstructors[array.dtype])) {
    throw new Error(`${what}: a ${array.data.constructor.name} cannot hold ${array.dtype}`);
  }
  const count = array.shape.reduce((product, size) => product * size, 1);
  if (count !== array.data.length) {
    throw new Error(`${what}: shape [${array.shape}] needs ${count} elements, the data has ${array.data.length}`);
  }
}

/** The elements of the row-major array `[shape]`, listed with the first index running fastest, as Fortran does. */
export function inFortranOrder(array: HostArray, shape: readonly number[]): HostData {
  const source = array.data;
  const result = hostDataFrom(array.dtype, bytesOf(source));
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < source.length; to++) {
    result[to] = source[from];
    for (let axis = 0; axis < shape.length; axis++) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return result;
}
