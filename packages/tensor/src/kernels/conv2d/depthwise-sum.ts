import { type F32x4, type FunctionBuilder, f32x4, type Int, type Local, type Pointer } from "../../wasm/index.js";

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

/** Vectors of sums over the taps, from position `x` on, each starting from `initial`. */
export function tapSums(
  f: FunctionBuilder,
  taps: readonly Tap[],
  count: number,
  { weights, row, pitchBytes, halfBytes }: SumSource,
  x: Int,
  initial: F32x4,
): Local<F32x4>[] {
  const sums = Array.from({ length: count }, () => f.local(initial));
  const from = f.local(row.at(x));
  const weight = f.local(f32x4.zero);
  let current = { row: 0, half: 0 };
  for (const tap of [...taps].sort((a, b) => a.row - b.row || a.half - b.half)) {
    if (tap.row !== current.row || tap.half !== current.half) {
      from.set(
        row
          .at(x)
          .plus(pitchBytes.mul(tap.row))
          .plus(tap.half === 0 ? 0 : halfBytes),
      );
      current = tap;
    }
    weight.set(weights.splat(tap.weight));
    const base = tap.column < 0 ? from.at(tap.column) : from;
    const offset = Math.max(0, tap.column);
    for (let v = 0; v < count; v++) sums[v].set(f.mulAdd(weight, base.load4(offset + 4 * v), sums[v]));
  }
  return sums;
}

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

/** Covers [0, width) by blocks of 16, then of 4, the last of which may be partial. */
export function forBlocks(f: FunctionBuilder, width: Int, body: (x: Local<Int>, vectors: number) => void): void {
  const x = f.local(width.and(0));
  f.while(x.add(16).le(width), () => {
    body(x, 4);
    x.advance(16);
  });
  f.while(x.lt(width), () => {
    body(x, 1);
    x.advance(4);
  });
}
