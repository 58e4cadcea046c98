import { type Bytes, float32Bytes, float64Bytes, signed } from "./encode.js";

/**
 * A typed expression: code that leaves one value on the stack. It is evaluated where it is used, and again at each
 * use; `f.local(expression)` evaluates it once and keeps the result.
 */
export abstract class Value {
  /** The value type in the binary format. */
  abstract readonly type: number;
  readonly code: Bytes;

  constructor(code: Bytes) {
    this.code = code;
  }
}

/** An integer expression or constant. */
export type IntLike = Int | number;
/** A float32 expression or constant. */
export type FloatLike = Float | number;
/** A float64 expression or constant. */
export type DoubleLike = Double | number;

/** A constant as an expression. */
export function int(value: IntLike): Int {
  return typeof value === "number" ? new Int([0x41, ...signed(value)]) : value;
}

/** A constant as an expression. */
export function float(value: FloatLike): Float {
  return typeof value === "number" ? new Float([0x43, ...float32Bytes(value)]) : value;
}

/** A constant as an expression. */
export function double(value: DoubleLike): Double {
  return typeof value === "number" ? new Double([0x44, ...float64Bytes(value)]) : value;
}

/** Code of operands, one after the other, then an instruction. */
export function join(operands: readonly Value[], instruction: Bytes): number[] {
  const code: number[] = [];
  for (const { code: operand } of operands) for (const byte of operand) code.push(byte);
  for (const byte of instruction) code.push(byte);
  return code;
}

/** A 32-bit integer, signed in divisions, shifts and comparisons. Comparisons give 1 or 0. */
export class Int extends Value {
  readonly type: number = 0x7f;

  private with(other: IntLike, opcode: number): Int {
    return new Int(join([this, int(other)], [opcode]));
  }
  add(other: IntLike): Int {
    return other === 0 ? new Int(this.code) : this.with(other, 0x6a);
  }
  sub(other: IntLike): Int {
    return this.with(other, 0x6b);
  }
  mul(other: IntLike): Int {
    return other === 1 ? new Int(this.code) : this.with(other, 0x6c);
  }
  /** Quotient, rounded towards zero; traps when `other` is 0. */
  div(other: IntLike): Int {
    return this.with(other, 0x6d);
  }
  rem(other: IntLike): Int {
    return this.with(other, 0x6f);
  }
  and(other: IntLike): Int {
    return this.with(other, 0x71);
  }
  or(other: IntLike): Int {
    return this.with(other, 0x72);
  }
  xor(other: IntLike): Int {
    return this.with(other, 0x73);
  }
  shl(bits: IntLike): Int {
    return this.with(bits, 0x74);
  }
  /** Arithmetic shift right. */
  shr(bits: IntLike): Int {
    return this.with(bits, 0x75);
  }
  eq(other: IntLike): Int {
    return this.with(other, 0x46);
  }
  ne(other: IntLike): Int {
    return this.with(other, 0x47);
  }
  lt(other: IntLike): Int {
    return this.with(other, 0x48);
  }
  gt(other: IntLike): Int {
    return this.with(other, 0x4a);
  }
  le(other: IntLike): Int {
    return this.with(other, 0x4c);
  }
  ge(other: IntLike): Int {
    return this.with(other, 0x4e);
  }
  /** The smaller one. Evaluates both operands twice: keep them in locals. */
  min(other: IntLike): Int {
    return this.lt(other).select(this, other);
  }
  /** The larger one. Evaluates both operands twice: keep them in locals. */
  max(other: IntLike): Int {
    return this.gt(other).select(this, other);
  }
  /** 1 when zero, else 0. */
  not(): Int {
    return new Int(join([this], [0x45]));
  }
  /** `a` when this is not 0, else `b`; both are evaluated. */
  select<V extends Value>(a: V, b: V): V;
  select(a: Int, b: IntLike): Int;
  select(a: Float, b: FloatLike): Float;
  select(a: Value, b: Value | number): Value {
    const other = typeof b !== "number" ? b : a instanceof Float ? float(b) : int(b);
    const isVector = a.type === 0x7b;
    return new (a.constructor as new (code: Bytes) => Value)(
      join([a, other, this], isVector ? [0x1c, 1, 0x7b] : [0x1b]),
    );
  }
  toFloat(): Float {
    return new Float(join([this], [0xb2]));
  }
  toDouble(): Double {
    return new Double(join([this], [0xb7]));
  }
  /** The same 32 bits as a float32. */
  asFloat(): Float {
    return new Float(join([this], [0xbe]));
  }
}

/** A float32. */
export class Float extends Value {
  readonly type: number = 0x7d;

  private with(other: FloatLike, opcode: number): Float {
    return new Float(join([this, float(other)], [opcode]));
  }
  private compare(other: FloatLike, opcode: number): Int {
    return new Int(join([this, float(other)], [opcode]));
  }
  private apply(opcode: number): Float {
    return new Float(join([this], [opcode]));
  }
  add(other: FloatLike): Float {
    return this.with(other, 0x92);
  }
  sub(other: FloatLike): Float {
    return this.with(other, 0x93);
  }
  mul(other: FloatLike): Float {
    return this.with(other, 0x94);
  }
  div(other: FloatLike): Float {
    return this.with(other, 0x95);
  }
  /** NaN when one is NaN. */
  min(other: FloatLike): Float {
    return this.with(other, 0x96);
  }
  /** NaN when one is NaN. */
  max(other: FloatLike): Float {
    return this.with(other, 0x97);
  }
  abs(): Float {
    return this.apply(0x8b);
  }
  neg(): Float {
    return this.apply(0x8c);
  }
  ceil(): Float {
    return this.apply(0x8d);
  }
  floor(): Float {
    return this.apply(0x8e);
  }
  /** To the nearest integer, ties to even. */
  round(): Float {
    return this.apply(0x90);
  }
  sqrt(): Float {
    return this.apply(0x91);
  }
  eq(other: FloatLike): Int {
    return this.compare(other, 0x5b);
  }
  ne(other: FloatLike): Int {
    return this.compare(other, 0x5c);
  }
  lt(other: FloatLike): Int {
    return this.compare(other, 0x5d);
  }
  gt(other: FloatLike): Int {
    return this.compare(other, 0x5e);
  }
  le(other: FloatLike): Int {
    return this.compare(other, 0x5f);
  }
  ge(other: FloatLike): Int {
    return this.compare(other, 0x60);
  }
  /** Rounded towards zero; NaN gives 0, and what does not fit the nearest integer that does. */
  toInt(): Int {
    return new Int(join([this], [0xfc, 0x00]));
  }
  /** The same 32 bits as an integer. */
  asInt(): Int {
    return new Int(join([this], [0xbc]));
  }
  toDouble(): Double {
    return new Double(join([this], [0xbb]));
  }
}

/** A float64, for sums over many elements. */
export class Double extends Value {
  readonly type: number = 0x7c;

  private with(other: DoubleLike, opcode: number): Double {
    return new Double(join([this, double(other)], [opcode]));
  }
  add(other: DoubleLike): Double {
    return this.with(other, 0xa0);
  }
  sub(other: DoubleLike): Double {
    return this.with(other, 0xa1);
  }
  mul(other: DoubleLike): Double {
    return this.with(other, 0xa2);
  }
  div(other: DoubleLike): Double {
    return this.with(other, 0xa3);
  }
  sqrt(): Double {
    return new Double(join([this], [0x9f]));
  }
  toFloat(): Float {
    return new Float(join([this], [0xb6]));
  }
}
