import { type Pointer, pointer } from "./pointer.js";
import {
  type Double,
  type DoubleLike,
  double,
  type Float,
  type FloatLike,
  float,
  type Int,
  type IntLike,
  int,
  type Value,
} from "./scalars.js";

/** What a variable can be set to. */
export type Assigned<V> = V extends Int ? IntLike : V extends Float ? FloatLike : V extends Double ? DoubleLike : V;

/** A variable: an expression that reads it, and the ways to change it. `advance` counts elements on a pointer. */
export type Local<V extends Value> = V & { set(value: Assigned<V>): void } & (V extends Int
    ? { advance(by: IntLike): void }
    : unknown);

/** Types of parameters. */
export type Param = typeof i32 | typeof f32 | typeof ptr;
/** Names and types of parameters, in order. */
export type Params = { readonly [name: string]: Param };
/** Parameters with these names, where an exported type has to name them. */
export type Words<Pointers extends string, Ints extends string> = {
  readonly [K in Pointers | Ints]: K extends Pointers ? typeof ptr : typeof i32;
};
/** Parameters as a function body sees them: variables. */
export type ParamLocals<P extends Params> = {
  readonly [K in keyof P]: P[K] extends typeof ptr
    ? Local<Pointer>
    : P[K] extends typeof i32
      ? Local<Int>
      : Local<Float>;
};
/** What a subroutine is called with. */
export type CallArguments<P extends Params> = {
  readonly [K in keyof P]: P[K] extends typeof f32 ? FloatLike : IntLike;
};

/** Integers: the type of a parameter, and constants. */
export const i32: { readonly kind: "i32"; of(value: number): Int } = { kind: "i32", of: int };
/** Floats: the type of a parameter, and constants. */
export const f32: { readonly kind: "f32"; of(value: number): Float } = { kind: "f32", of: float };
/** Doubles: constants. */
export const f64: { readonly kind: "f64"; of(value: number): Double } = { kind: "f64", of: double };
/** Addresses of 4-byte elements: the type of a parameter, and integers read as addresses. */
export const ptr: { readonly kind: "ptr"; of(value: IntLike): Pointer } = { kind: "ptr", of: pointer };

/** An expression of the type of a parameter. */
export function sample(kind: Param): Int | Float {
  if (kind.kind === "f32") return float(0);
  return kind.kind === "ptr" ? pointer(0) : int(0);
}
