import { type Bytes, list, unsigned } from "./encode.js";
import { type Assigned, type CallArguments, type Local, type ParamLocals, type Params, sample } from "./params.js";
import { Pointer, storeByteCode, storeCode, storeInstruction } from "./pointer.js";
import { Double, double, Float, float, Int, type IntLike, int, join, type Value } from "./scalars.js";
import { type F32x4, f32x4, type I32x4, i32x4, relaxedMulAdd } from "./vectors.js";

/** A function that kernels of one module share. */
export interface Subroutine<P extends Params> {
  readonly index: number;
  readonly params: P;
}

/**
 * Columns of the register tiles that matrix products, convolutions and LSTMs are made of: 8, two vectors of 128 bits, or
 * 16 for an engine that joins pairs of them into vectors of 256 bits.
 */
export type TileColumns = 8 | 16;

/** What the functions of one module have in common. */
export interface ModuleContext {
  /** True when relaxed multiply-add may be used. */
  readonly fma: boolean;
  readonly tileColumns: TileColumns;
  readonly functions: { readonly name: string; readonly builder: FunctionBuilder }[];
}

/** Writes the body of one function, statement by statement. Kernels get one as their first argument. */
export class FunctionBuilder {
  private code: number[] = [];
  private readonly constants = new Map<string, F32x4 | I32x4>();
  private readonly prologue: number[] = [];
  private readonly localTypes: number[] = [];
  private readonly context: ModuleContext;
  readonly paramTypes: readonly number[];

  constructor(context: ModuleContext, paramTypes: readonly number[]) {
    this.context = context;
    this.paramTypes = paramTypes;
  }

  /** True when `mulAdd` rounds once. Tile sizes may depend on it. */
  get fma(): boolean {
    return this.context.fma;
  }

  /** Columns of a register tile. */
  get tileColumns(): TileColumns {
    return this.context.tileColumns;
  }

  /** The variable with this index; parameters come first. */
  variable<V extends Value>(like: V, index: number): Local<V> {
    const made = new (like.constructor as new (code: Bytes) => V)([0x20, ...unsigned(index)]);
    const set = (value: Assigned<V>): void => this.emit([operand(like, value)], [0x21, ...unsigned(index)]);
    const advance = (by: IntLike): void => {
      const next = made instanceof Pointer ? made.at(by) : (made as unknown as Int).add(by);
      this.emit([next], [0x21, ...unsigned(index)]);
    };
    return Object.assign(made, like instanceof Int ? { set, advance } : { set }) as unknown as Local<V>;
  }

  /** Evaluates an expression once, here, into a new variable. */
  local(value: Pointer): Local<Pointer>;
  local(value: Int): Local<Int>;
  local(value: Float): Local<Float>;
  local(value: Double): Local<Double>;
  local(value: F32x4): Local<F32x4>;
  local(value: I32x4): Local<I32x4>;
  local(value: Value): Value {
    const index = this.paramTypes.length + this.localTypes.push(value.type) - 1;
    this.emit([value], [0x21, ...unsigned(index)]);
    return this.variable(value, index);
  }

  /** A number in all lanes, from where the function begins on: engines load a constant of a loop's body in every turn. */
  constant(value: number): F32x4 {
    return this.hoisted(f32x4.splat(value));
  }

  /** `constant` of integers. */
  constantInt(value: number): I32x4 {
    return this.hoisted(i32x4.splat(value));
  }

  private hoisted<V extends F32x4 | I32x4>(value: V): V {
    const key = value.code.join();
    let known = this.constants.get(key) as V | undefined;
    if (known === undefined) {
      const index = this.paramTypes.length + this.localTypes.push(value.type) - 1;
      for (const byte of join([value], [0x21, ...unsigned(index)])) this.prologue.push(byte);
      known = this.variable(value as Value, index) as unknown as V;
      this.constants.set(key, known);
    }
    return known;
  }

  /** `a * b + c`, with one rounding where the kernel set says so. */
  mulAdd(a: F32x4, b: F32x4, c: F32x4): F32x4;
  mulAdd(a: Float, b: Float, c: Float): Float;
  mulAdd(a: F32x4 | Float, b: F32x4 | Float, c: F32x4 | Float): F32x4 | Float {
    if (a instanceof Float) return a.mul(b as Float).add(c as Float);
    if (this.fma) return relaxedMulAdd(a, b as F32x4, c as F32x4);
    return a.mul(b as F32x4).add(c as F32x4);
  }

  /** The sum of the four lanes, (0 + 1) + (2 + 3). */
  sum(lanes: F32x4): Float {
    const v = this.local(lanes);
    return this.local(
      v
        .lane(0)
        .add(v.lane(1))
        .add(v.lane(2).add(v.lane(3))),
    );
  }

  /** The largest of the four lanes; NaN when one is NaN. */
  largest(lanes: F32x4): Float {
    const v = this.local(lanes);
    return this.local(
      v
        .lane(0)
        .max(v.lane(1))
        .max(v.lane(2).max(v.lane(3))),
    );
  }

  /** Stores a value of any type; `offset` counts elements. */
  store(target: Pointer, value: Value, offset = 0): void {
    this.append(storeCode(target, value, offset));
  }

  /**
   * Stores vectors side by side, from element `offset` on. All are computed before the first is stored: only such vectors
   * does an engine join that makes vectors of 256 bits of pairs.
   */
  storeAll(target: Pointer, vectors: readonly F32x4[], offset = 0): void {
    for (const vector of vectors) this.append(join([target, vector], []));
    for (let i = vectors.length - 1; i >= 0; i--) this.append(storeInstruction(vectors[i], offset + 4 * i));
  }

  /** Stores the low byte of an integer, `bytes` further on. */
  storeByte(target: Pointer, value: Int, bytes = 0): void {
    this.append(storeByteCode(target, value, bytes));
  }

  /** Copies bytes; the ranges may overlap. */
  copyBytes(target: Pointer, source: Pointer, bytes: IntLike): void {
    this.emit([target, source, int(bytes)], [0xfc, 10, 0, 0]);
  }

  /** Sets bytes to 0. */
  zeroBytes(target: Pointer, bytes: IntLike): void {
    this.emit([target, int(0), int(bytes)], [0xfc, 11, 0]);
  }

  /** Runs `then` when the condition is not 0, else `otherwise`. */
  if(condition: Int, then: () => void, otherwise?: () => void): void {
    this.emit([condition], [0x04, 0x40]);
    then();
    if (otherwise !== undefined) {
      this.append([0x05]);
      otherwise();
    }
    this.append([0x0b]);
  }

  /** Repeats as long as the condition, evaluated before each turn, is not 0. */
  while(condition: Int, body: () => void): void {
    this.append([0x02, 0x40, 0x03, 0x40]);
    this.emit([condition.not()], [0x0d, 1]);
    body();
    this.append([0x0c, 0, 0x0b, 0x0b]);
  }

  /** Repeats `count` times, or not at all when it is not above 0. */
  times(count: IntLike, body: () => void): void {
    const left = this.local(int(count));
    this.if(left.gt(0), () => {
      this.append([0x03, 0x40]);
      body();
      left.set(left.sub(1));
      this.emit([left], [0x0d, 0, 0x0b]);
    });
  }

  /** `for (i = start; i < end; i += step)`; `end` is evaluated once. */
  forRange(start: IntLike, end: IntLike, body: (i: Local<Int>) => void, step: IntLike = 1): void {
    const i = this.local(int(start));
    const limit = typeof end === "number" ? int(end) : this.local(end as Int);
    this.while(i.lt(limit), () => {
      body(i);
      i.advance(step);
    });
  }

  /** Covers [start, end) in fours, by `four(i)`, and what is left singly, by `one(i)`. */
  forLanes(start: IntLike, end: IntLike, four: (i: Local<Int>) => void, one: (i: Local<Int>) => void): void {
    const i = this.local(int(start));
    const limit = this.local(int(end));
    this.while(i.add(4).le(limit), () => {
      four(i);
      i.advance(4);
    });
    this.while(i.lt(limit), () => {
      one(i);
      i.advance(1);
    });
  }

  /** Leaves the function. */
  return(): void {
    this.append([0x0f]);
  }

  /** Defines a function of the same module, without a result; `call` runs it. */
  subroutine<const P extends Params>(
    name: string,
    params: P,
    body: (f: FunctionBuilder, params: ParamLocals<P>) => void,
  ): Subroutine<P> {
    const kinds = Object.values(params);
    const builder = new FunctionBuilder(
      this.context,
      kinds.map((kind) => sample(kind).type),
    );
    const index = this.context.functions.push({ name, builder }) - 1;
    const locals = Object.keys(params).map((key, i) => [key, builder.variable(sample(kinds[i]), i)]);
    body(builder, Object.fromEntries(locals) as ParamLocals<P>);
    return { index, params };
  }

  /** Calls a subroutine. */
  call<P extends Params>(subroutine: Subroutine<P>, args: CallArguments<P>): void {
    const values = Object.entries(subroutine.params).map(([name, kind]) => operand(sample(kind), args[name]));
    this.emit(values, [0x10, ...unsigned(subroutine.index)]);
  }

  /** The finished body: variables, code, end. */
  body(): Bytes {
    const declarations = list(this.localTypes.map((type) => [1, type]));
    return declarations.concat(this.prologue, this.code, 0x0b);
  }

  private emit(operands: readonly Value[], instruction: Bytes): void {
    this.append(join(operands, instruction));
  }

  private append(bytes: Bytes): void {
    for (const byte of bytes) this.code.push(byte);
  }
}

function operand(like: Value, value: unknown): Value {
  if (typeof value !== "number") return value as Value;
  if (like instanceof Float) return float(value);
  return like instanceof Double ? double(value) : int(value);
}
