import { type Bytes, float32Bytes, simd } from "./encode.js";
import { Float, type FloatLike, float, Int, type IntLike, int, join, Value } from "./scalars.js";

/** Four float32 lanes. Comparisons give a mask: all bits of a lane set, or none. */
export class F32x4 extends Value {
  readonly type: number = 0x7b;

  private with(other: F32x4, opcode: number): F32x4 {
    return new F32x4(join([this, other], simd(opcode)));
  }
  private apply(opcode: number): F32x4 {
    return new F32x4(join([this], simd(opcode)));
  }
  private compare(other: F32x4, opcode: number): I32x4 {
    return new I32x4(join([this, other], simd(opcode)));
  }
  add(other: F32x4): F32x4 {
    return this.with(other, 0xe4);
  }
  sub(other: F32x4): F32x4 {
    return this.with(other, 0xe5);
  }
  mul(other: F32x4): F32x4 {
    return this.with(other, 0xe6);
  }
  div(other: F32x4): F32x4 {
    return this.with(other, 0xe7);
  }
  /** NaN where one is NaN. */
  min(other: F32x4): F32x4 {
    return this.with(other, 0xe8);
  }
  /** NaN where one is NaN. */
  max(other: F32x4): F32x4 {
    return this.with(other, 0xe9);
  }
  /** `other < this ? other : this`, one machine instruction. */
  pmin(other: F32x4): F32x4 {
    return this.with(other, 0xea);
  }
  /** `this < other ? other : this`, one machine instruction. */
  pmax(other: F32x4): F32x4 {
    return this.with(other, 0xeb);
  }
  abs(): F32x4 {
    return this.apply(0xe0);
  }
  neg(): F32x4 {
    return this.apply(0xe1);
  }
  sqrt(): F32x4 {
    return this.apply(0xe3);
  }
  ceil(): F32x4 {
    return this.apply(0x67);
  }
  floor(): F32x4 {
    return this.apply(0x68);
  }
  /** To the nearest integers, ties to even. */
  round(): F32x4 {
    return this.apply(0x6a);
  }
  eq(other: F32x4): I32x4 {
    return this.compare(other, 0x41);
  }
  ne(other: F32x4): I32x4 {
    return this.compare(other, 0x42);
  }
  lt(other: F32x4): I32x4 {
    return this.compare(other, 0x43);
  }
  gt(other: F32x4): I32x4 {
    return this.compare(other, 0x44);
  }
  le(other: F32x4): I32x4 {
    return this.compare(other, 0x45);
  }
  ge(other: F32x4): I32x4 {
    return this.compare(other, 0x46);
  }
  /** One lane, 0 to 3. */
  lane(index: number): Float {
    return new Float(join([this], [...simd(0x1f), index]));
  }
  /** Rounded towards zero; NaN gives 0, and what does not fit the nearest integer that does. */
  toInts(): I32x4 {
    return new I32x4(join([this], simd(0xf8)));
  }
  /** The same bits as integers. */
  asInts(): I32x4 {
    return new I32x4(this.code);
  }
}

/** Four 32-bit integer lanes, or a mask. */
export class I32x4 extends Value {
  readonly type: number = 0x7b;

  private with(other: I32x4, opcode: number): I32x4 {
    return new I32x4(join([this, other], simd(opcode)));
  }
  add(other: I32x4): I32x4 {
    return this.with(other, 0xae);
  }
  sub(other: I32x4): I32x4 {
    return this.with(other, 0xb1);
  }
  mul(other: I32x4): I32x4 {
    return this.with(other, 0xb5);
  }
  shl(bits: IntLike): I32x4 {
    return new I32x4(join([this, int(bits)], simd(0xab)));
  }
  /** Arithmetic shift right. */
  shr(bits: IntLike): I32x4 {
    return new I32x4(join([this, int(bits)], simd(0xac)));
  }
  and(other: I32x4): I32x4 {
    return this.with(other, 0x4e);
  }
  or(other: I32x4): I32x4 {
    return this.with(other, 0x50);
  }
  xor(other: I32x4): I32x4 {
    return this.with(other, 0x51);
  }
  not(): I32x4 {
    return new I32x4(join([this], simd(0x4d)));
  }
  eq(other: I32x4): I32x4 {
    return this.with(other, 0x37);
  }
  lt(other: I32x4): I32x4 {
    return this.with(other, 0x39);
  }
  gt(other: I32x4): I32x4 {
    return this.with(other, 0x3b);
  }
  /** Lanes of `a` where this mask is set, of `b` elsewhere. */
  select<V extends F32x4 | I32x4>(a: V, b: V): V {
    const code = join([a, b, this], simd(0x52));
    return (a instanceof F32x4 ? new F32x4(code) : new I32x4(code)) as V;
  }
  /** 1 when a bit is set in any lane, else 0. */
  any(): Int {
    return new Int(join([this], simd(0x53)));
  }
  /** 1 when every lane is other than 0, else 0. */
  all(): Int {
    return new Int(join([this], simd(0xa3)));
  }
  lane(index: number): Int {
    return new Int(join([this], [...simd(0x1b), index]));
  }
  toFloats(): F32x4 {
    return new F32x4(join([this], simd(0xfa)));
  }
  /** The same bits as floats. */
  asFloats(): F32x4 {
    return new F32x4(this.code);
  }
}

function constant(bytes: readonly number[]): Bytes {
  return [...simd(0x0c), ...bytes];
}

function int32Bytes(value: number): number[] {
  return [...new Uint8Array(new Int32Array([value]).buffer)];
}

/** Makes vectors of four floats. */
export const f32x4: {
  readonly zero: F32x4;
  of(...lanes: [number, number, number, number]): F32x4;
  /** The same value in all lanes. */
  splat(value: FloatLike): F32x4;
  /** Four lanes out of the eight of `a` (0 to 3) and `b` (4 to 7). */
  shuffle(a: F32x4, b: F32x4, lanes: readonly [number, number, number, number]): F32x4;
} = {
  zero: new F32x4(constant(new Array(16).fill(0))),
  of: (...lanes) => new F32x4(constant(lanes.flatMap(float32Bytes))),
  splat: (value) =>
    typeof value === "number"
      ? new F32x4(constant([value, value, value, value].flatMap(float32Bytes)))
      : new F32x4(join([float(value)], simd(0x13))),
  shuffle: (a, b, lanes) => {
    const bytes = lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]);
    return new F32x4(join([a, b], [...simd(0x0d), ...bytes]));
  },
};

/** Makes vectors of four integers. */
export const i32x4: {
  readonly zero: I32x4;
  of(...lanes: [number, number, number, number]): I32x4;
  /** The same value in all lanes. */
  splat(value: IntLike): I32x4;
} = {
  zero: new I32x4(constant(new Array(16).fill(0))),
  of: (...lanes) => new I32x4(constant(lanes.flatMap(int32Bytes))),
  splat: (value) =>
    typeof value === "number"
      ? new I32x4(constant([value, value, value, value].flatMap(int32Bytes)))
      : new I32x4(join([int(value)], simd(0x11))),
};

/** `a * b + c`, rounded once where the machine can: relaxed SIMD, so only in kernels assembled for it. */
export function relaxedMulAdd(a: F32x4, b: F32x4, c: F32x4): F32x4 {
  return new F32x4(join([a, b, c], simd(0x105)));
}
