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
  /** By index, in all lanes. */
  readonly weights: readonly F32x4[];
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
  // Many taps go to two sums, so that additions need not wait for each other.
  const chains = taps.length > FEW_TAPS ? 2 : 1;
  const sums = Array.from({ length: count }, () => f.local(initial));
  const others = chains === 2 ? sums.map(() => f.local(f32x4.zero)) : sums;
  const from = f.local(row.at(x));
  let current = { row: 0, half: 0 };
  const ordered = [...taps].sort((a, b) => a.row - b.row || a.half - b.half);
  ordered.forEach((tap, index) => {
    if (tap.row !== current.row || tap.half !== current.half) {
      from.set(
        row
          .at(x)
          .plus(pitchBytes.mul(tap.row))
          .plus(tap.half === 0 ? 0 : halfBytes),
      );
      current = tap;
    }
    const weight = count === 1 ? weights[tap.weight] : f.local(weights[tap.weight]);
    const base = tap.column < 0 ? from.at(tap.column) : from;
    const offset = Math.max(0, tap.column);
    for (const [v, sum] of (index % chains === 0 ? sums : others).entries()) {
      sum.set(f.mulAdd(weight, base.load4(offset + 4 * v), sum));
    }
  });
  if (chains === 2) for (const [v, sum] of sums.entries()) sum.set(sum.add(others[v]));
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

/** Covers [0, width) by blocks of `vectors` vectors, then single ones, the last of which may be partial. */
export function forBlocks(
  f: FunctionBuilder,
  width: Int,
  vectors: number,
  body: (x: Local<Int>, vectors: number) => void,
): void {
  const x = f.local(width.and(0));
  f.while(x.add(4 * vectors).le(width), () => {
    body(x, vectors);
    x.advance(4 * vectors);
  });
  f.while(x.lt(width), () => {
    body(x, 1);
    x.advance(4);
  });
}

/** Up to this many weights stay in registers. */
const FEW_TAPS = 9;

/** Vectors that are summed at a time; with the weights in registers, two suffice. */
export function blockVectors(weights: number): number {
  return weights <= FEW_TAPS ? 2 : 4;
}

/** The weights of one kernel: kept in variables, as far as there are registers for them. */
export function loadWeights(f: FunctionBuilder, from: Pointer, count: number): F32x4[] {
  const at = f.local(from);
  return Array.from({ length: count }, (_, i) => (count <= FEW_TAPS ? f.local(at.splat(i)) : at.splat(i)));
}
