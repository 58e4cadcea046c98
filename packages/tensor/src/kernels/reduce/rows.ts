import {
  advance,
  arrayParams,
  basePointers,
  dimensionParams,
  type Lane,
  type Local,
  loadLanes,
  loadTail,
  moveTo,
  splatParameters,
  type Words,
  wordsOf,
} from "../../expr/lanes.js";
import { emitProgram } from "../../expr/vector-program.js";
import {
  type Double,
  type F32x4,
  type Float,
  type FunctionBuilder,
  f32x4,
  f64,
  type Int,
  i32,
  type Kernel,
  kernel,
  type Local as Variable,
} from "../../wasm/index.js";
import { combine, type Fold, foldStart, type ReduceVariant } from "./accumulate.js";

/**
 * A kernel for reductions whose innermost dimension is reduced. A unit of the range is one output and one segment of its
 * lines; a line is a piece of at most `piece` elements of the innermost dimension. Sums add up a line in 16 float32
 * accumulators, and lines in float64.
 */
export function reduceRowsKernel(variant: ReduceVariant): Kernel {
  const arrays = variant.walks.length;
  const params = {
    length: i32,
    piece: i32,
    pieces: i32,
    lines: i32,
    linesPerSegment: i32,
    outputs: i32,
    ...dimensionParams("kept", variant.kept, arrays),
    ...dimensionParams("line", variant.line, arrays - 1),
    ...arrayParams(variant.expression, arrays),
  };
  return kernel(`${variant.kind}Rows`, params, (f, locals, { start, end }) => {
    const words = wordsOf(locals);
    const parameters = splatParameters(f, variant.expression, locals);
    f.forRange(start, end, (unit) => {
      const segment = f.local(unit.div(words.int("outputs")));
      const pointers = basePointers(f, words, arrays);
      moveTo(f, words, pointers, "kept", variant.kept, unit.rem(words.int("outputs")));
      const total = foldLines(f, variant, words, parameters, pointers, segment);
      f.store(pointers[arrays - 1].at(segment.mul(words.int("outputs"))), total);
    });
  });
}

function foldLines(
  f: FunctionBuilder,
  variant: ReduceVariant,
  words: Words,
  parameters: readonly F32x4[],
  pointers: readonly Local[],
  segment: Int,
): Float {
  const total = f.local(f64.of(foldStart[variant.kind]));
  forEachLine(f, words, segment, (line, count, begin) => {
    const starts = pointers.slice(0, -1).map((at) => f.local(at) as Local);
    moveTo(f, words, starts, "line", variant.line, line);
    starts.forEach((at, k) => {
      at.set(at.plus(begin.mul(words.int(`step${k}`))));
    });
    foldLine(f, variant, words, parameters, starts, count, total);
  });
  return total.toFloat();
}

/** The lines of a segment: the number of each in the outer dimensions, its length and where in its dimension it begins. */
export function forEachLine(
  f: FunctionBuilder,
  words: Words,
  segment: Int,
  body: (line: Int, count: Variable<Int>, begin: Int) => void,
): void {
  const perSegment = words.int("linesPerSegment");
  const first = f.local(segment.mul(perSegment));
  f.forRange(first, first.add(perSegment).min(words.int("lines")), (index) => {
    const begin = f.local(index.rem(words.int("pieces")).mul(words.int("piece")));
    const count = f.local(words.int("length").sub(begin).min(words.int("piece")));
    body(index.div(words.int("pieces")), count, begin);
  });
}

function foldLine(
  f: FunctionBuilder,
  { kind, expression, walks }: ReduceVariant,
  words: Words,
  parameters: readonly F32x4[],
  starts: readonly Local[],
  count: Variable<Int>,
  total: Variable<Double>,
): void {
  const used = starts.map((_, k) => expression.uses(expression.inputs[k]));
  const lanes = starts.map((at, k): Lane => {
    const value = walks[k] === "repeat" && used[k] ? f.local(at.splat()) : undefined;
    return { walk: walks[k], at, step: words.int(`step${k}`), value };
  });
  const accumulators = [0, 1, 2, 3].map(() => f.local(f32x4.splat(foldStart[kind])));
  const vectors = (number: number): void => {
    for (let v = 0; v < number; v++) {
      const values = lanes.map((lane, k) => (used[k] ? f.local(loadLanes(f, lane, 0)) : f32x4.zero));
      accumulators[v].set(combine(kind, accumulators[v], emitProgram(f, expression, values, parameters)));
      for (const lane of lanes) if (lane.walk !== "repeat") advance(lane, 4);
    }
    count.set(count.sub(4 * number));
  };
  f.while(count.ge(16), () => vectors(4));
  f.while(count.ge(4), () => vectors(1));
  const [a, b, c, d] = accumulators;
  const folded = f.local(combine(kind, combine(kind, a, b), combine(kind, c, d)));
  for (let i = 0; i < 4; i++) foldLane(kind, total, folded.lane(i));
  f.if(count.gt(0), () => {
    const values = lanes.map((lane, k) => (used[k] ? loadTail(f, lane, count) : f32x4.zero));
    const tail = f.local(emitProgram(f, expression, values, parameters));
    foldLane(kind, total, tail.lane(0));
    f.if(count.gt(1), () => foldLane(kind, total, tail.lane(1)));
    f.if(count.gt(2), () => foldLane(kind, total, tail.lane(2)));
  });
}

function foldLane(kind: Fold, total: Variable<Double>, lane: Float): void {
  if (kind === "sum") total.set(total.add(lane.toDouble()));
  else total.set((kind === "max" ? total.toFloat().max(lane) : total.toFloat().min(lane)).toDouble());
}
