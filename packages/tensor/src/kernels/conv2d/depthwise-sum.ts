import type { F32x4, FunctionBuilder, Int, Local, Pointer } from "../../wasm/index.js";

/** One weight and where its first factor lies, from the first factor's place for the kernel's origin. */
export interface Tap {
  /** Index into the kernel's weights. */
  readonly weight: number;
  /** Rows further on; may be negative. */
  readonly row: number;
  /** Half of the row, and floats further on in it; may be negative. */
  readonly half: 0 | 1;
  readonly column: number;
}

/** Where a row of sums reads: its place for the kernel's origin, the pitch of rows, and the length of half a row. */
export interface SumSource {
  readonly weights: Pointer;
  readonly row: Pointer;
  readonly pitchBytes: Int;
  readonly halfBytes: Int;
}

/** Up to this many taps are summed in one pass: the engine keeps their weights and factors in registers. */
const TAPS_AT_A_TIME = 9;

/**
 * Writes `width` sums over the taps to `to`, each starting from `initial`. Many taps are summed row by row, in passes
 * over `spare`, which has room for `width` floats and 7 more.
 */
export function sumRow(
  f: FunctionBuilder,
  taps: readonly Tap[],
  source: SumSource,
  { to, width, initial, spare }: { to: Pointer; width: Int; initial: F32x4; spare: Pointer },
): void {
  const rows = [...new Set(taps.map((tap) => tap.row))];
  const passes = taps.length <= TAPS_AT_A_TIME ? [taps] : rows.map((row) => taps.filter((tap) => tap.row === row));
  passes.forEach((pass, index) => {
    const sums = prepareSums(f, pass, source);
    const last = index === passes.length - 1;
    const x = f.local(width.and(0));
    const before = f.local(spare);
    const after = f.local(last ? to : spare);
    const start = (v: number): F32x4 => (index === 0 ? initial : before.load4(4 * v));
    const advance = (count: number): void => {
      x.advance(count);
      for (const pointer of [before, after]) pointer.advance(count);
    };
    f.while(x.add(8).le(width), () => {
      f.storeAll(after, sums(x, [start(0), start(1)]));
      advance(8);
    });
    f.while(x.lt(width), () => {
      const [sum] = sums(x, [start(0)]);
      if (last) storeLanes(f, after, sum, width.sub(x));
      else f.store(after, sum);
      advance(4);
    });
  });
}

/** Loads the weights of the taps; the result emits vectors of sums from a position on, added to `initial`. */
export function prepareSums(
  f: FunctionBuilder,
  taps: readonly Tap[],
  { weights, row, pitchBytes, halfBytes }: SumSource,
): (x: Int, initial: readonly F32x4[]) => Local<F32x4>[] {
  const ordered = [...taps].sort((a, b) => a.row - b.row || a.half - b.half);
  const factors = ordered.map((tap) => f.local(weights.splat(tap.weight)));
  const places = [...new Set(ordered.map(placeOf))];
  // Constant offsets of loads are not negative.
  const first = Math.min(0, ...ordered.map(({ column }) => column));
  const rows = places.map((place) => {
    const start = row.plus(pitchBytes.mul(place >> 1)).plus(place & 1 ? halfBytes : 0);
    return f.local(start.at(first));
  });
  return (x, initial) => {
    const sums = initial.map((value) => f.local(value));
    const from = rows.map((start) => f.local(start.at(x)));
    ordered.forEach((tap, i) => {
      const start = from[places.indexOf(placeOf(tap))];
      sums.forEach((sum, v) => {
        sum.set(f.mulAdd(factors[i], start.load4(tap.column - first + 4 * v), sum));
      });
    });
    return sums;
  };
}

/** Row and half of a tap, as one number. */
export const placeOf = (tap: Tap): number => 2 * tap.row + tap.half;

/** Stores the first `count` (1 to 4) lanes. */
export function storeLanes(f: FunctionBuilder, target: Pointer, value: F32x4, count: Int): void {
  f.if(
    count.ge(4),
    () => f.store(target, value),
    () => {
      f.store(target, value.lane(0));
      for (const lane of [1, 2]) f.if(count.gt(lane), () => f.store(target.at(lane), value.lane(lane)));
    },
  );
}
