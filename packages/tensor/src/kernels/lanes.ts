import { type F32x4, type FunctionBuilder, f32x4, type Int, i32x4, type Local, type Pointer } from "../wasm/index.js";

/** Reads and writes the elements that a turn of `forVectors` is about. */
export interface Lanes {
  /** Four elements of array `k`; lanes behind the end of the arrays are `fill`. */
  load(k: number, fill?: number): Local<F32x4>;
  /** Writes four elements of array `k`, or those before its end. */
  store(k: number, value: F32x4): void;
  /** The value in lanes that hold an element, 0 in lanes behind the end. */
  only(value: F32x4): F32x4;
  /** Which of the `unroll` accumulators to use. */
  readonly turn: number;
}

/**
 * Walks along arrays of `count` elements, four at a time: `body` is emitted `unroll` times for whole vectors and once for
 * the last one to three elements. What it stores, into an array in every turn or in none, is computed and written after the
 * last turn. `settle` is emitted between the unrolled loop and the rest, for sums that have been kept apart.
 */
export function forVectors(
  f: FunctionBuilder,
  count: Int,
  arrays: readonly Pointer[],
  body: (lanes: Lanes) => void,
  unroll = 1,
  settle?: () => void,
): void {
  const at = arrays.map((array) => f.local(array));
  const left = f.local(count);
  const whole = (turns: number): void =>
    f.while(left.ge(4 * turns), () => {
      const stores = at.map((): F32x4[] => []);
      for (let turn = 0; turn < turns; turn++) {
        body({
          turn,
          only: (value) => value,
          load: (k) => f.local(at[k].load4(4 * turn)),
          store: (k, value) => stores[k].push(value),
        });
      }
      for (const [k, values] of stores.entries()) f.storeAll(at[k], values);
      for (const pointer of at) pointer.advance(4 * turns);
      left.set(left.sub(4 * turns));
    });
  if (unroll > 1) {
    whole(unroll);
    settle?.();
  }
  whole(1);
  f.if(left.gt(0), () => {
    const mask = f.local(i32x4.of(0, 1, 2, 3).lt(i32x4.splat(left)));
    body({
      turn: 0,
      only: (value) => mask.and(value.asInts()).asFloats(),
      load: (k, fill = 0) => loadPart(f, at[k], left, fill),
      store: (k, value) => storePart(f, at[k], value, left),
    });
  });
}

/** One to three elements, and `fill` in the other lanes. */
function loadPart(f: FunctionBuilder, at: Pointer, count: Int, fill = 0): Local<F32x4> {
  const value = f.local(f32x4.shuffle(at.splat(), f32x4.splat(fill), [0, 4, 4, 4]));
  f.if(count.gt(1), () => value.set(f32x4.shuffle(value, at.splat(1), [0, 4, 2, 3])));
  f.if(count.gt(2), () => value.set(f32x4.shuffle(value, at.splat(2), [0, 1, 4, 3])));
  return value;
}

/** Writes the first one to three lanes. */
function storePart(f: FunctionBuilder, at: Pointer, lanes: F32x4, count: Int): void {
  const value = f.local(lanes);
  f.store(at, value.lane(0));
  f.if(count.gt(1), () => f.store(at, value.lane(1), 1));
  f.if(count.gt(2), () => f.store(at, value.lane(2), 2));
}

/** `count` variables of four lanes, all `value`. */
export function accumulators(f: FunctionBuilder, count: number, value = 0): Local<F32x4>[] {
  return Array.from({ length: count }, () => f.local(f32x4.splat(value)));
}

/** Passes accumulators through memory: an engine joins only vectors that end up there side by side. */
export function sideBySide(f: FunctionBuilder, sums: readonly Local<F32x4>[], spare: Pointer): void {
  f.storeAll(spare, sums);
  for (const [i, sum] of sums.entries()) sum.set(spare.load4(4 * i));
}

/** The sum of accumulators and of their lanes. */
export function total(f: FunctionBuilder, sums: readonly F32x4[]): Local<F32x4> {
  const [first, ...rest] = sums;
  return f.local(rest.reduce((sum, next) => sum.add(next), first));
}

/** The first four of `left` elements; lanes behind the end are 0. `left` may be negative. */
export function loadUpTo(f: FunctionBuilder, at: Pointer, left: Int): Local<F32x4> {
  const value = f.local(f32x4.zero);
  f.if(
    left.ge(4),
    () => value.set(at.load4()),
    () => f.if(left.gt(0), () => value.set(loadPart(f, at, left))),
  );
  return value;
}

/** Writes the first four of `left` elements. `left` may be negative. */
export function storeUpTo(f: FunctionBuilder, at: Pointer, lanes: F32x4, left: Int): void {
  const value = f.local(lanes);
  f.if(
    left.ge(4),
    () => f.store(at, value),
    () => f.if(left.gt(0), () => storePart(f, at, value, left)),
  );
}
