import {
  type F32x4,
  type FunctionBuilder,
  f32x4,
  type Int,
  i32,
  type Kernel,
  kernel,
  type Params,
} from "../wasm/index.js";
import type { Expression } from "./expression.js";
import {
  advance,
  arrayParams,
  basePointers,
  dimensionParams,
  isHeavy,
  type Lane,
  type Local,
  loadLanes,
  loadTail,
  moveTo,
  splatParameters,
  storeTail,
  storeVectors,
  type Walk,
  type Words,
  wordsOf,
} from "./lanes.js";
import { emitProgram } from "./vector-program.js";

/** What a kernel is made for. */
export interface RowsVariant {
  readonly expression: Expression;
  /** Dimensions outside of the innermost one. */
  readonly outer: number;
  /** One for each input, then one for the output. */
  readonly walks: readonly Walk[];
}

/** The words that a kernel of this variant is called with. Strides are in bytes. */
function rowsParams({ expression, outer, walks }: RowsVariant): Params {
  return {
    length: i32,
    chunk: i32,
    chunks: i32,
    ...dimensionParams("outer", outer, walks.length),
    ...arrayParams(expression, walks.length),
  };
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
      const arrays = basePointers(f, words, variant.walks.length);
      moveTo(f, words, arrays, "outer", variant.outer, unit.div(chunks));
      arrays.forEach((array, k) => {
        array.set(array.plus(begin.mul(words.int(`step${k}`))));
      });
      emitRow(f, variant, words, parameters, arrays, count);
    });
  });
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
    const results = Array.from({ length: number }, (_, v) => {
      const values = inputs.map((lane, k) => (used[k] ? f.local(loadLanes(f, lane, v)) : f32x4.zero));
      return emitProgram(f, expression, values, parameters);
    });
    storeVectors(f, output, results);
    for (const lane of moving) advance(lane, number * 4);
    count.set(count.sub(4 * number));
  };
  const unrolled = lanes.every((lane) => lane.walk !== "stride") ? unrolling(f, expression) : 1;
  if (unrolled > 1) f.while(count.ge(4 * unrolled), () => vectors(unrolled));
  f.while(count.ge(4), () => vectors(1));
  f.if(count.gt(0), () => {
    const values = inputs.map((lane, k) => (used[k] ? loadTail(f, lane, count) : f32x4.zero));
    storeTail(f, output, emitProgram(f, expression, values, parameters), count);
  });
}

/** Long programs fill the machine by themselves; two vectors are taken where they may be joined. */
function unrolling(f: FunctionBuilder, expression: Expression): number {
  if (isHeavy(expression) || expression.program.length > 16) return f.tileColumns / 8;
  return 4;
}
