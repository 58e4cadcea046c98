import {
  type F32x4,
  type FunctionBuilder,
  f32,
  f32x4,
  type Int,
  i32,
  type Kernel,
  kernel,
  type Params,
  type Pointer,
  ptr,
} from "../wasm/index.js";
import type { Expression } from "./expression.js";
import { emitProgram } from "./vector-program.js";

/** How the innermost dimension of an array is walked: neighbours, one element again and again, or steps. */
export type Walk = "unit" | "repeat" | "stride";

/** What a kernel is made for. */
export interface RowsVariant {
  readonly expression: Expression;
  /** Dimensions outside of the innermost one. */
  readonly outer: number;
  /** One for each input, then one for the output. */
  readonly walks: readonly Walk[];
}

/** The words that a kernel of this variant is called with. Strides are in bytes. */
export function rowsParams({ expression, outer, walks }: RowsVariant): Params {
  const params: Record<string, Params[string]> = { length: i32, chunk: i32, chunks: i32 };
  for (let axis = 0; axis < outer; axis++) params[`extent${axis}`] = i32;
  walks.forEach((_, array) => {
    params[`base${array}`] = ptr;
    params[`step${array}`] = i32;
    for (let axis = 0; axis < outer; axis++) params[`stride${array}_${axis}`] = i32;
  });
  expression.parameters.forEach((_, index) => {
    params[`parameter${index}`] = f32;
  });
  return params;
}

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

/**
 * A kernel over rows: the innermost dimension is cut in `chunks` pieces of `chunk` elements, and one unit of the range is
 * one piece of one row. The offset of a row comes from its number.
 */
export function rowsKernel(variant: RowsVariant): Kernel {
  return kernel("elementwise", rowsParams(variant), (f, locals, { start, end }) => {
    const words = wordsOf(locals);
    const parameters = splatParameters(f, variant.expression, locals);
    f.forRange(start, end, (unit) => {
      const chunks = words.int("chunks");
      const begin = f.local(unit.rem(chunks).mul(words.int("chunk")));
      const count = f.local(words.int("length").sub(begin).min(words.int("chunk")));
      const arrays = rowStarts(f, words, variant.walks.length, variant.outer, f.local(unit.div(chunks)));
      arrays.forEach((array, k) => {
        array.set(array.plus(begin.mul(words.int(`step${k}`))));
      });
      emitRow(f, variant, words, parameters, arrays, count);
    });
  });
}

/** A variable pointer for each array, at the first element of a row. */
export function rowStarts(f: FunctionBuilder, words: Words, arrays: number, outer: number, row: Int): Local[] {
  const starts = Array.from({ length: arrays }, (_, k) => f.local(words.pointer(`base${k}`)));
  const left = f.local(row);
  for (let axis = outer - 1; axis >= 0; axis--) {
    const extent = words.int(`extent${axis}`);
    const index = axis === 0 ? left : f.local(left.rem(extent));
    starts.forEach((at, k) => {
      at.set(at.plus(index.mul(words.int(`stride${k}_${axis}`))));
    });
    if (axis > 0) left.set(left.div(extent));
  }
  return starts;
}

/** A pointer that moves. */
export type Local = Pointer & { set(value: Int | number): void; advance(by: Int | number): void };

/** How one array is read or written along a row. */
interface Lane {
  readonly walk: Walk;
  readonly at: Local;
  readonly step: Int;
  /** The only element of a repeated input. */
  readonly value?: F32x4;
}

function emitRow(
  f: FunctionBuilder,
  { expression, walks }: RowsVariant,
  words: Words,
  parameters: readonly F32x4[],
  arrays: readonly Local[],
  count: Int & { set(value: Int | number): void },
): void {
  const lanes: Lane[] = arrays.map((at, k) => {
    const repeated = walks[k] === "repeat" && k < arrays.length - 1 && expression.uses(expression.inputs[k]);
    return { walk: walks[k], at, step: words.int(`step${k}`), value: repeated ? f.local(at.splat()) : undefined };
  });
  const used = lanes.slice(0, -1).map((_, k) => expression.uses(expression.inputs[k]));
  const inputs = lanes.slice(0, -1);
  const output = lanes[lanes.length - 1];
  const moving = lanes.filter((lane, k) => lane.walk !== "repeat" && (used[k] ?? true));
  const vectors = (number: number): void => {
    for (let v = 0; v < number; v++) {
      const values = inputs.map((lane, k) => (used[k] ? f.local(loadLanes(f, lane, v)) : f32x4.zero));
      storeLanes(f, output, emitProgram(f, expression, values, parameters), v);
    }
    for (const lane of moving) advance(lane, number * 4);
    count.set(count.sub(4 * number));
  };
  const unrolled = lanes.every((lane) => lane.walk !== "stride") ? unrolling(expression) : 1;
  if (unrolled > 1) f.while(count.ge(4 * unrolled), () => vectors(unrolled));
  f.while(count.ge(4), () => vectors(1));
  f.if(count.gt(0), () => {
    const values = inputs.map((lane, k) => (used[k] ? loadTail(f, lane, count) : f32x4.zero));
    storeTail(f, output, emitProgram(f, expression, values, parameters), count);
  });
}

/** Long programs fill the machine by themselves. */
function unrolling(expression: Expression): number {
  return isHeavy(expression) || expression.program.length > 16 ? 1 : 4;
}

/** True when an expression has a transcendental function in it. */
export function isHeavy(expression: Expression): boolean {
  return expression.program.some(({ op }) => op === "exp" || op === "log" || op === "tanh" || op === "sigmoid");
}

function advance({ walk, at, step }: Lane, elements: number): void {
  at.set(walk === "unit" ? at.at(elements) : at.plus(step.mul(elements)));
}

function element({ walk, at, step }: Lane, index: number): Pointer {
  return walk === "unit" || index === 0 ? at.at(index) : at.plus(step.mul(index));
}

function loadLanes(f: FunctionBuilder, lane: Lane, vector: number): F32x4 {
  if (lane.value) return lane.value;
  if (lane.walk === "unit") return lane.at.load4(4 * vector);
  const [a, b, c, d] = [0, 1, 2, 3].map((i) => element(lane, i).splat());
  const low = f.local(f32x4.shuffle(a, b, [0, 4, 1, 5]));
  const high = f.local(f32x4.shuffle(c, d, [0, 4, 1, 5]));
  return f32x4.shuffle(low, high, [0, 1, 4, 5]);
}

function storeLanes(f: FunctionBuilder, lane: Lane, value: F32x4, vector: number): void {
  if (lane.walk === "unit") f.store(lane.at, value, 4 * vector);
  else for (let i = 0; i < 4; i++) f.store(element(lane, i), value.lane(i));
}

/** The last one to three elements; lanes without one repeat the first. */
function loadTail(f: FunctionBuilder, lane: Lane, count: Int): F32x4 {
  if (lane.value) return lane.value;
  const value = f.local(lane.at.splat());
  f.if(count.gt(1), () => value.set(f32x4.shuffle(value, element(lane, 1).splat(), [0, 4, 2, 3])));
  f.if(count.gt(2), () => value.set(f32x4.shuffle(value, element(lane, 2).splat(), [0, 1, 4, 3])));
  return value;
}

function storeTail(f: FunctionBuilder, lane: Lane, value: F32x4, count: Int): void {
  f.store(lane.at, value.lane(0));
  f.if(count.gt(1), () => f.store(element(lane, 1), value.lane(1)));
  f.if(count.gt(2), () => f.store(element(lane, 2), value.lane(2)));
}
