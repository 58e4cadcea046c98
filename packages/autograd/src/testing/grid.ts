import {
  type DType,
  formatShape,
  permute,
  Random,
  type Shape,
  sameShape,
  sizeOf,
  slice,
  squeeze,
  type Tensor,
  tensor,
} from "@retort/tensor";

/** Numbers on the host in row-major order, for writing down by plain loops what an operation has to give. */
export interface Grid {
  readonly shape: Shape;
  readonly values: Float64Array;
  /** The element at these positions, one for each axis. */
  at(...index: number[]): number;
}

/** A grid of given values. @throws Error when `shape` does not hold exactly as many */
export function gridOf(values: ArrayLike<number>, shape: Shape = [values.length]): Grid {
  if (values.length !== sizeOf(shape)) throw new Error(`${values.length} values do not fill ${formatShape(shape)}`);
  const data = Float64Array.from(values);
  const at = (...index: number[]): number =>
    data[index.reduce((sum: number, i: number, axis: number) => sum * shape[axis] + i, 0)];
  return { shape, values: data, at };
}

/** A grid computed element by element from its positions. */
export function grid(shape: Shape, value: (...index: number[]) => number): Grid {
  const values = new Float64Array(sizeOf(shape));
  const index = shape.map(() => 0);
  for (let i = 0; i < values.length; i++) {
    values[i] = value(...index);
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
  }
  return gridOf(values, shape);
}

/** Reproducible numbers between `low` and `high`, exact in float32; another seed gives others. */
export function randomGrid(
  shape: Shape,
  { seed = 1, low = -2, high = 2 }: { readonly seed?: number; readonly low?: number; readonly high?: number } = {},
): Grid {
  const random = new Random(seed);
  return grid(shape, () => Math.fround(low + (high - low) * random.uniform()));
}

/** The grid as a contiguous tensor. */
export function toTensor(x: Grid, dtype: DType = "float64"): Tensor {
  return tensor(Array.from(x.values), x.shape, dtype);
}

/** The same values in memory in which axes run backwards in order, elements lie apart, and the first is not in front. */
export function toStridedTensor(x: Grid, dtype: DType = "float64"): Tensor {
  const reversed = x.shape.toReversed();
  const spread = grid([...reversed, 2], (...index) => (index.pop() === 1 ? x.at(...index.reverse()) : Number.NaN));
  const apart = squeeze(slice(toTensor(spread, dtype), reversed.length, 1, 2), reversed.length);
  return permute(apart);
}

/**
 * Checks that a tensor has the expected shape and values: |found - expected| <= tolerance · max(1, |expected|); NaN and
 * infinities must be the same.
 * @throws Error naming the worst element
 */
export function assertClose(found: Tensor, expected: Grid, tolerance: number, what: string): void {
  if (!sameShape(found.shape, expected.shape)) {
    throw new Error(`${what}: shape ${formatShape(found.shape)} instead of ${formatShape(expected.shape)}`);
  }
  let [worst, excess] = [-1, 0];
  for (const [i, value] of found.dataSync().entries()) {
    const wanted = expected.values[i];
    if (value === wanted || (Number.isNaN(value) && Number.isNaN(wanted))) continue;
    const gap = Math.abs(value - wanted) / Math.max(1, Math.abs(wanted));
    const ratio = Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap;
    if (ratio > Math.max(tolerance, excess)) [worst, excess] = [i, ratio];
  }
  if (worst < 0) return;
  const [is, wanted] = toldApart(found.dataSync()[worst], expected.values[worst]);
  const where = found.rank === 0 ? what : `${what}: element ${worst} of ${formatShape(found.shape)}`;
  throw new Error(`${where} is ${is} instead of ${wanted}`);
}

/** Two numbers with six digits, or as many as it takes to tell them apart. */
function toldApart(a: number, b: number): [string, string] {
  let digits = 6;
  while (digits < 17 && Number(a.toPrecision(digits)) === Number(b.toPrecision(digits))) digits++;
  return [String(Number(a.toPrecision(digits))), String(Number(b.toPrecision(digits)))];
}
