import fc from "fast-check";
import { heap } from "../cpu/heap.js";
import type { View } from "../device.js";
import type { Shape } from "../shape.js";

const canary = 12345.678;

/** Runs `body` with float32 blocks of the heap that have canaries around them, and checks these. */
export function withBlocks<R>(
  lengths: readonly number[],
  body: (views: ((shape: Shape, strides: Shape, offset: number) => View)[], data: Float32Array[]) => R,
): R {
  const addresses = lengths.map((length) => heap().alloc(4 * length + 32));
  const floats = () => new Float32Array(heap().memory.buffer);
  const data = addresses.map((at, k) =>
    floats()
      .subarray(at / 4, at / 4 + lengths[k] + 8)
      .fill(canary)
      .subarray(4, lengths[k] + 4),
  );
  const views = addresses.map((at, k) => (shape: Shape, strides: Shape, offset: number): View => {
    const buffer = { address: at + 16, bytes: 4 * lengths[k] };
    return { buffer, dtype: "float32", shape, strides, offset };
  });
  const result = body(views, data);
  for (const [k, at] of addresses.entries()) {
    const all = floats().subarray(at / 4, at / 4 + lengths[k] + 8);
    for (const i of [0, 1, 2, 3, -1, -2, -3, -4]) {
      if (all.at(i) !== Math.fround(canary))
        throw new Error(`block ${k}: a kernel wrote ${all.at(i)} beside it (${i})`);
    }
    heap().free(at);
  }
  return result;
}

/** Numbers at which kernels go wrong first. */
export const specials: readonly number[] = [
  0,
  -0,
  1,
  -1,
  3,
  -3,
  Infinity,
  -Infinity,
  NaN,
  1e-45,
  -1e-45,
  1e-38,
  3e38,
  -3e38,
  88.7,
  88.8,
  -87.4,
  -103.9,
  -104.1,
  0.625,
  1e-20,
  0.5,
  2.5,
  16777217,
];
/** Any float32, ordinary numbers more often. */
export const value: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(...specials),
  fc.float({ noNaN: false }),
  fc.double({ min: -5, max: 5, noNaN: true }),
);

/** Distance in float32 steps; 0 for two NaNs and for 0 and -0. */
export function ulps(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) === Number.isNaN(b) ? 0 : Number.POSITIVE_INFINITY;
  const order = (x: number): number => {
    const bits = new Int32Array(Float32Array.of(x).buffer)[0];
    return bits < 0 ? -0x80000000 - bits : bits;
  };
  return Math.abs(order(a) - order(b));
}

/** A layout of `shape` in some buffer: permuted, spaced, reversed or repeated. */
export interface Layout {
  readonly strides: number[];
  readonly offset: number;
  readonly length: number;
}

/** The layout with dimensions in this order (innermost first), each walked forwards, backwards, spaced or repeated. */
export function layout(shape: Shape, order: readonly number[], kinds: readonly number[], repeats: boolean): Layout {
  const strides = new Array<number>(shape.length).fill(0);
  let [length, offset] = [1, 0];
  for (const axis of order) {
    const kind = kinds[axis];
    if (repeats && kind === 3) continue;
    const step = kind === 2 ? length * 2 : length;
    strides[axis] = kind === 1 ? -step : step;
    if (kind === 1) offset += step * (shape[axis] - 1);
    length = step * Math.max(1, shape[axis]);
  }
  return { strides, offset: Math.max(0, offset), length };
}

/** Shapes of up to four short dimensions. */
export const shapes: fc.Arbitrary<number[]> = fc.array(
  fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 9 }) }, fc.constant(0), fc.integer({ min: 10, max: 33 })),
  { minLength: 0, maxLength: 4 },
);
/** Arguments of `layout` after the shape. */
export const layouts = (rank: number, repeats: boolean): fc.Arbitrary<[number[], number[], boolean]> =>
  fc.tuple(
    fc.shuffledSubarray([...Array(rank).keys()], { minLength: rank }),
    fc.array(fc.integer({ min: 0, max: 3 }), { minLength: rank, maxLength: rank }),
    fc.constant(repeats),
  );
