import {
  type F32x4,
  type FunctionBuilder,
  f32,
  f32x4,
  type Int,
  i32,
  type Params,
  type Pointer,
  ptr,
} from "../wasm/index.js";
import type { Expression } from "./expression.js";

/** How the innermost dimension of an array is walked: neighbours, one element again and again, or steps. */
export type Walk = "unit" | "repeat" | "stride";

/** A pointer that moves. */
export type Local = Pointer & { set(value: Int | number): void; advance(by: Int | number): void };

/** Access to a kernel's parameters by the names of `rowsParams`. */
export interface Words {
  int(name: string): Int;
  pointer(name: string): Pointer;
}

/** Typed access to parameters whose names are made at run time. */
export function wordsOf(locals: Readonly<Record<string, unknown>>): Words {
  return { int: (name) => locals[name] as Int, pointer: (name) => locals[name] as Pointer };
}

/** Every scalar parameter in all lanes of a variable. */
export function splatParameters(
  f: FunctionBuilder,
  expression: Expression,
  locals: Readonly<Record<string, unknown>>,
): F32x4[] {
  return expression.parameters.map((_, index) => f.local(f32x4.splat(locals[`parameter${index}`] as never)));
}

/** True when an expression has a transcendental function in it. */
export function isHeavy(expression: Expression): boolean {
  return expression.program.some(({ op }) => op === "exp" || op === "log" || op === "tanh" || op === "sigmoid");
}

/** Words for a group of dimensions: their lengths, and the strides of every array in bytes. */
export function dimensionParams(group: string, dimensions: number, arrays: number): Params {
  const params: Record<string, Params[string]> = {};
  for (let axis = 0; axis < dimensions; axis++) {
    params[`${group}Extent${axis}`] = i32;
    for (let array = 0; array < arrays; array++) params[`${group}Stride${array}_${axis}`] = i32;
  }
  return params;
}

/** Words for every array's address and innermost stride in bytes, and for the scalar parameters. */
export function arrayParams(expression: Expression, arrays: number): Params {
  const params: Record<string, Params[string]> = {};
  for (let array = 0; array < arrays; array++) {
    params[`base${array}`] = ptr;
    params[`step${array}`] = i32;
  }
  expression.parameters.forEach((_, index) => {
    params[`parameter${index}`] = f32;
  });
  return params;
}

/** Moves pointers, one for each array, to the element with this row-major number in a group of dimensions. */
export function moveTo(
  f: FunctionBuilder,
  words: Words,
  pointers: readonly Local[],
  group: string,
  dimensions: number,
  number: Int,
): void {
  const left = f.local(number);
  for (let axis = dimensions - 1; axis >= 0; axis--) {
    const extent = words.int(`${group}Extent${axis}`);
    const index = axis === 0 ? left : f.local(left.rem(extent));
    pointers.forEach((at, k) => {
      at.set(at.plus(index.mul(words.int(`${group}Stride${k}_${axis}`))));
    });
    if (axis > 0) left.set(left.div(extent));
  }
}

/** Variable pointers to the first element of each array. */
export function basePointers(f: FunctionBuilder, words: Words, arrays: number): Local[] {
  return Array.from({ length: arrays }, (_, k) => f.local(words.pointer(`base${k}`)));
}

/** How one array is read or written along a row. */
export interface Lane {
  readonly walk: Walk;
  readonly at: Local;
  readonly step: Int;
  /** The only element of a repeated input. */
  readonly value?: F32x4;
}

/** Moves on along the row. */
export function advance({ walk, at, step }: Lane, elements: number): void {
  at.set(walk === "unit" ? at.at(elements) : at.plus(step.mul(elements)));
}

function element({ walk, at, step }: Lane, index: number): Pointer {
  return walk === "unit" || index === 0 ? at.at(index) : at.plus(step.mul(index));
}

/** Four elements, `vector` times four further on (neighbours only). */
export function loadLanes(f: FunctionBuilder, lane: Lane, vector: number): F32x4 {
  if (lane.value) return lane.value;
  if (lane.walk === "unit") return lane.at.load4(4 * vector);
  const [a, b, c, d] = [0, 1, 2, 3].map((i) => element(lane, i).splat());
  const low = f.local(f32x4.shuffle(a, b, [0, 4, 1, 5]));
  const high = f.local(f32x4.shuffle(c, d, [0, 4, 1, 5]));
  return f32x4.shuffle(low, high, [0, 1, 4, 5]);
}

/** Stores four elements for each of some variables. */
export function storeVectors(f: FunctionBuilder, lane: Lane, values: readonly F32x4[]): void {
  if (lane.walk === "unit") {
    f.storeAll(lane.at, values);
    return;
  }
  for (const [v, value] of values.entries()) {
    for (let i = 0; i < 4; i++) f.store(element(lane, 4 * v + i), value.lane(i));
  }
}

/** The last one to three elements; lanes without one repeat the first. */
export function loadTail(f: FunctionBuilder, lane: Lane, count: Int): F32x4 {
  if (lane.value) return lane.value;
  const value = f.local(lane.at.splat());
  f.if(count.gt(1), () => value.set(f32x4.shuffle(value, element(lane, 1).splat(), [0, 4, 2, 3])));
  f.if(count.gt(2), () => value.set(f32x4.shuffle(value, element(lane, 2).splat(), [0, 1, 4, 3])));
  return value;
}

/** Stores the first one to three lanes. */
export function storeTail(f: FunctionBuilder, lane: Lane, value: F32x4, count: Int): void {
  f.store(lane.at, value.lane(0));
  f.if(count.gt(1), () => f.store(element(lane, 1), value.lane(1)));
  f.if(count.gt(2), () => f.store(element(lane, 2), value.lane(2)));
}
