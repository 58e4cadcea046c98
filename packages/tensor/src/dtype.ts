/** The element types that a tensor can hold. `bool` is stored as one byte that is 0 or 1. */
export type DType = "float32" | "float64" | "int32" | "uint8" | "bool";

/** The typed arrays that back tensors on the host. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

const bytesPerElement: Record<DType, number> = { float32: 4, float64: 8, int32: 4, uint8: 1, bool: 1 };

/** Bytes that one element of `dtype` takes. */
export function byteSize(dtype: DType): number {
  return bytesPerElement[dtype];
}

/** True for the types that gradients can have: float32 and float64. */
export function isFloating(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float64";
}

/** A new zeroed host array for `length` elements of `dtype`. */
export function hostArray(dtype: DType, length: number): TypedArray {
  switch (dtype) {
    case "float32":
      return new Float32Array(length);
    case "float64":
      return new Float64Array(length);
    case "int32":
      return new Int32Array(length);
    case "uint8":
    case "bool":
      return new Uint8Array(length);
  }
}

/** The dtype that a typed array stands for: `Uint8Array` is `uint8`, never `bool`. */
export function dtypeOf(array: TypedArray): DType {
  if (array instanceof Float32Array) return "float32";
  if (array instanceof Float64Array) return "float64";
  if (array instanceof Int32Array) return "int32";
  return "uint8";
}

const rank: DType[] = ["bool", "uint8", "int32", "float32", "float64"];

/** The dtype that holds both: the later of bool, uint8, int32, float32, float64. */
export function promote(a: DType, b: DType): DType {
  return rank[Math.max(rank.indexOf(a), rank.indexOf(b))];
}
