import {
  arrayParams,
  basePointers,
  dimensionParams,
  type Lane,
  type Local,
  loadLanes,
  loadTail,
  moveTo,
  splatParameters,
  storeLanes,
  storeTail,
  type Words,
  wordsOf,
} from "../../expr/lanes.js";
import { emitProgram } from "../../expr/vector-program.js";
import { type F32x4, type FunctionBuilder, f32x4, type Int, i32, type Kernel, kernel } from "../../wasm/index.js";
import { combine, foldStart, type ReduceVariant } from "./accumulate.js";
import { forEachLine } from "./rows.js";

/** Columns that one unit of the range covers. */
export const columnBlock = 16;

/**
 * A kernel for reductions whose innermost dimension is kept: its elements are columns, and one of the reduced dimensions
 * is run through row by row. A unit of the range is up to 16 columns and one segment of the lines, which are runs of at
 * most `piece` rows; sums are added up line by line, so that rounding errors stay small.
 */
export function reduceColumnsKernel(variant: ReduceVariant): Kernel {
  const arrays = variant.walks.length;
  const runs = Object.fromEntries(variant.walks.slice(1).map((_, k) => [`run${k}`, i32]));
  const params = {
    width: i32,
    blocks: i32,
    units: i32,
    length: i32,
    piece: i32,
    pieces: i32,
    lines: i32,
    linesPerSegment: i32,
    outputs: i32,
    ...runs,
    ...dimensionParams("kept", variant.kept, arrays),
    ...dimensionParams("line", variant.line, arrays - 1),
    ...arrayParams(variant.expression, arrays),
  };
  return kernel(`${variant.kind}Columns`, params, (f, locals, { start, end }) => {
    const words = wordsOf(locals);
    const parameters = splatParameters(f, variant.expression, locals);
    f.forRange(start, end, (unit) => {
      const segment = f.local(unit.div(words.int("units")));
      const block = f.local(unit.rem(words.int("units")));
      const column = f.local(block.rem(words.int("blocks")).mul(columnBlock));
      const pointers = basePointers(f, words, arrays);
      moveTo(f, words, pointers, "kept", variant.kept, block.div(words.int("blocks")));
      const output = pointers[arrays - 1];
      output.set(output.at(segment.mul(words.int("outputs"))));
      const skip = (columns: Int): void =>
        pointers.forEach((at, k) => {
          at.set(at.plus(columns.mul(words.int(`step${k}`))));
        });
      skip(column);
      emitBlock(f, new Columns(f, variant, words, parameters, pointers, segment), words.int("width").sub(column), skip);
    });
  });
}

function emitBlock(f: FunctionBuilder, columns: Columns, left: Int, skip: (columns: Int) => void): void {
  const count = f.local(left.min(columnBlock));
  f.if(
    count.eq(columnBlock),
    () => columns.full(4),
    () => {
      f.while(count.ge(4), () => {
        columns.full(1);
        skip(i32.of(4));
        count.set(count.sub(4));
      });
      f.if(count.gt(0), () => columns.tail(count));
    },
  );
}

/** Emits the reduction of some columns at the pointers. */
class Columns {
  private readonly f: FunctionBuilder;
  private readonly variant: ReduceVariant;
  private readonly words: Words;
  private readonly parameters: readonly F32x4[];
  private readonly pointers: readonly Local[];
  private readonly segment: Int;

  constructor(
    f: FunctionBuilder,
    variant: ReduceVariant,
    words: Words,
    parameters: readonly F32x4[],
    pointers: readonly Local[],
    segment: Int,
  ) {
    this.f = f;
    this.variant = variant;
    this.words = words;
    this.parameters = parameters;
    this.pointers = pointers;
    this.segment = segment;
  }

  /** `vectors` times four columns. */
  full(vectors: number): void {
    const results = this.fold(vectors, (lane, vector) => {
      if (lane.walk === "repeat") return lane.at.splat();
      const at = this.f.local(vector > 0 && lane.walk === "stride" ? lane.at.plus(lane.step.mul(4 * vector)) : lane.at);
      return loadLanes(this.f, { ...lane, at: at as Local }, vector);
    });
    results.forEach((result, vector) => {
      const output = this.output();
      const at =
        vector > 0 && output.walk === "stride" ? this.f.local(output.at.plus(output.step.mul(4 * vector))) : output.at;
      storeLanes(this.f, { ...output, at: at as Local }, result, vector);
    });
  }

  /** One to three columns. */
  tail(count: Int): void {
    const [result] = this.fold(1, (lane) => (lane.walk === "repeat" ? lane.at.splat() : loadTail(this.f, lane, count)));
    storeTail(this.f, this.output(), result, count);
  }

  private output(): Lane {
    return this.lane(this.pointers.length - 1, this.pointers[this.pointers.length - 1]);
  }

  private lane(k: number, at: Local): Lane {
    return { walk: this.variant.walks[k], at, step: this.words.int(`step${k}`) };
  }

  private fold(vectors: number, load: (lane: Lane, vector: number) => F32x4): F32x4[] {
    const { f, words, segment } = this;
    const { kind, expression, line } = this.variant;
    const start = f32x4.splat(foldStart[kind]);
    const totals = Array.from({ length: vectors }, () => f.local(start));
    forEachLine(f, words, segment, (number, count, begin) => {
      const starts = this.pointers.slice(0, -1).map((at) => f.local(at) as Local);
      moveTo(f, words, starts, "line", line, number);
      starts.forEach((at, k) => {
        at.set(at.plus(begin.mul(words.int(`run${k}`))));
      });
      const accumulators = totals.map(() => f.local(start));
      f.times(count, () => {
        accumulators.forEach((accumulator, vector) => {
          const values = starts.map((at, k) =>
            expression.uses(expression.inputs[k]) ? f.local(load(this.lane(k, at), vector)) : f32x4.zero,
          );
          accumulator.set(combine(kind, accumulator, emitProgram(f, expression, values, this.parameters)));
        });
        starts.forEach((at, k) => {
          at.set(at.plus(words.int(`run${k}`)));
        });
      });
      totals.forEach((total, vector) => {
        total.set(combine(kind, total, accumulators[vector]));
      });
    });
    return totals;
  }
}
