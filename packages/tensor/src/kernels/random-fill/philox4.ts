import { simd } from "../../wasm/encode.js";
import { type F32x4, type FunctionBuilder, f32x4, I32x4, type Int, i32, i32x4, type Local } from "../../wasm/index.js";
import { join } from "../../wasm/scalars.js";
import type { RandomSource } from "./words.js";

/** Words that a kernel with random numbers is called with. */
export const sourceParams: {
  readonly key0: typeof i32;
  readonly key1: typeof i32;
  readonly counter0: typeof i32;
  readonly counter1: typeof i32;
} = { key0: i32, key1: i32, counter0: i32, counter1: i32 };

/** The values for `sourceParams`. */
export function sourceArguments({ key, counter }: RandomSource): Record<keyof typeof sourceParams, number> {
  return {
    key0: key[0] | 0,
    key1: key[1] | 0,
    counter0: (counter >>> 0) | 0,
    counter1: Math.floor(counter / 2 ** 32) | 0,
  };
}

/** Low and high words of the 64-bit products of unsigned lanes. */
function wideMul(f: FunctionBuilder, a: I32x4, b: I32x4): { readonly low: I32x4; readonly high: I32x4 } {
  const [first, second] = [0xde, 0xdf].map((opcode) => f.local(new I32x4(join([a, b], simd(opcode))).asFloats()));
  return {
    low: f.local(f32x4.shuffle(first, second, [0, 2, 4, 6]).asInts()),
    high: f.local(f32x4.shuffle(first, second, [1, 3, 5, 7]).asInts()),
  };
}

/** The 16 random words of the blocks 4 unit to 4 unit + 3 (see `words.ts`), four vectors of a block each. */
export function philox4(
  f: FunctionBuilder,
  unit: Int,
  source: { readonly [K in keyof typeof sourceParams]: Int },
): Local<I32x4>[] {
  const splat = (value: Int | number): Local<I32x4> => f.local(i32x4.splat(value));
  let c: I32x4[] = [
    f.local(i32x4.splat(unit.mul(4)).add(i32x4.of(0, 1, 2, 3))),
    splat(source.counter0),
    splat(source.counter1),
    splat(3),
  ];
  const [k0, k1] = [splat(source.key0), splat(source.key1)];
  const [m0, m1] = [splat(0xd2511f53 | 0), splat(0xcd9e8d57 | 0)];
  for (let round = 0; round < 10; round++) {
    const [p0, p1] = [wideMul(f, c[0], m0), wideMul(f, c[2], m1)];
    c = [f.local(p1.high.xor(c[1]).xor(k0)), p1.low, f.local(p0.high.xor(c[3]).xor(k1)), p0.low];
    k0.set(k0.add(i32x4.splat(0x9e3779b9 | 0)));
    k1.set(k1.add(i32x4.splat(0xbb67ae85 | 0)));
  }
  return transpose(f, c);
}

function transpose(f: FunctionBuilder, rows: readonly I32x4[]): Local<I32x4>[] {
  const shuffle = (a: F32x4, b: F32x4, lanes: readonly [number, number, number, number]): Local<F32x4> =>
    f.local(f32x4.shuffle(a, b, lanes));
  const [a, b, c, d] = rows.map((row) => row.asFloats());
  const [ab, cd] = [shuffle(a, b, [0, 4, 1, 5]), shuffle(c, d, [0, 4, 1, 5])];
  const [ab2, cd2] = [shuffle(a, b, [2, 6, 3, 7]), shuffle(c, d, [2, 6, 3, 7])];
  return [
    [ab, cd, 0],
    [ab, cd, 2],
    [ab2, cd2, 0],
    [ab2, cd2, 2],
  ].map(([low, high, from]) => {
    const lanes = from === 0 ? ([0, 1, 4, 5] as const) : ([2, 3, 6, 7] as const);
    return f.local(f32x4.shuffle(low as F32x4, high as F32x4, lanes).asInts());
  });
}
