import type { DType } from "../dtype.js";
import { scope } from "../memory.js";
import { tensor } from "../ops/create.js";
import { permute, slice } from "../ops/views.js";
import { Random } from "../random/random.js";
import { type Shape, sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";

/** Reproducible numbers between -1 and 1; another seed gives others. */
export function numbers(shape: Shape, seed: number, dtype: DType = "float64"): Tensor {
  const random = new Random(seed);
  const values = Float64Array.from({ length: sizeOf(shape) }, () => 2 * random.uniform() - 1);
  return tensor(Array.from(values), shape, dtype);
}

/** Reproducible integers from 0 to `limit` - 1, int32. */
export function integers(shape: Shape, limit: number, seed: number): Tensor {
  const random = new Random(seed);
  return tensor(
    Int32Array.from({ length: sizeOf(shape) }, () => random.integer(limit)),
    shape,
  );
}

/** The same values under the same shape, with the axes in memory in reverse order and behind an offset. */
export function strided(x: Tensor): Tensor {
  const reversed = permute(x);
  const values = Array.from(reversed.dataSync());
  const padded = tensor([...values.map(() => Number.NaN), ...values], [2, ...reversed.shape], x.dtype);
  const second = slice(padded, 0, 1).view(reversed.shape, padded.strides.slice(1), values.length);
  return permute(second);
}

/** The sum of products of the elements. */
export function dot(a: Tensor, b: Tensor): number {
  const y = b.dataSync();
  return Array.from(a.dataSync()).reduce((total, value, i) => total + value * y[i], 0);
}

/** Central differences of `f` at every element of `x` (float64). */
export function differences(f: (x: Tensor) => number, x: Tensor, step = 1e-5): number[] {
  const values = Array.from(x.dataSync());
  const at = (i: number, value: number): number => scope(() => f(tensor(values.with(i, value), x.shape, "float64")));
  return values.map((value, i) => (at(i, value + step) - at(i, value - step)) / (2 * step));
}

/** Fails unless every element is within `tolerance` times max(1, largest expected element). NaN equals NaN. */
export function expectClose(
  actual: Tensor | ArrayLike<number>,
  expected: Tensor | ArrayLike<number>,
  tolerance = 1e-10,
): void {
  const [found, wanted] = [actual, expected].map((x) => Array.from("dataSync" in x ? x.dataSync() : x));
  if (found.length !== wanted.length) throw new Error(`expected ${wanted.length} elements, found ${found.length}`);
  const limit =
    tolerance * wanted.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 1);
  for (const [i, value] of wanted.entries()) {
    if (Object.is(found[i], value) || Math.abs(found[i] - value) <= limit) continue;
    throw new Error(`element ${i}: expected ${value}, found ${found[i]} (tolerance ${limit})`);
  }
}

/** Whether two arrays hold the same bits. */
export function sameBits(a: Float32Array, b: Float32Array): boolean {
  const [x, y] = [a, b].map(({ buffer, byteOffset, length }) => new Int32Array(buffer, byteOffset, length));
  return x.length === y.length && x.every((word, i) => word === y[i]);
}
