import { advance, type Lane, type Local, loadLanes, loadTail } from "../../expr/lanes.js";
import {
  type Double,
  type Float,
  f32x4,
  f64,
  type Int,
  type Kernel,
  type Local as Variable,
} from "../../wasm/index.js";
import { combine, type Fold, foldStart, type ReduceVariant } from "./accumulate.js";
import { emitValues, forEachLine, linesKernel, moveToKept, type Unit } from "./lines.js";

/**
 * A kernel for reductions whose innermost dimension is reduced. A unit of the range is one output; a line is a piece of
 * the innermost dimension. Sums add up a line in 16 float32 accumulators, and lines in float64.
 */
export function reduceRowsKernel(variant: ReduceVariant): Kernel {
  return linesKernel("Rows", variant, {}, (unit) => {
    const { f, pointers, index } = unit;
    moveToKept(unit, index);
    const total = f.local(f64.of(foldStart[variant.kind]));
    forEachLine(unit, "step", (starts, count) => foldLine(unit, starts, count, total));
    f.store(pointers[pointers.length - 1], total.toFloat());
  });
}

function foldLine(unit: Unit, starts: readonly Local[], count: Variable<Int>, total: Variable<Double>): void {
  const { f, words } = unit;
  const { kind, expression, walks } = unit.variant;
  const lanes = starts.map((at, k): Lane => {
    const value = walks[k] === "repeat" && expression.uses(expression.inputs[k]) ? f.local(at.splat()) : undefined;
    return { walk: walks[k], at, step: words.int(`step${k}`), value };
  });
  const accumulators = [0, 1, 2, 3].map(() => f.local(f32x4.splat(foldStart[kind])));
  const vectors = (number: number): void => {
    for (let v = 0; v < number; v++) {
      const values = emitValues(unit, (k) => loadLanes(f, lanes[k], 0));
      accumulators[v].set(combine(kind, accumulators[v], values));
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
    const tail = f.local(emitValues(unit, (k) => loadTail(f, lanes[k], count)));
    foldLane(kind, total, tail.lane(0));
    f.if(count.gt(1), () => foldLane(kind, total, tail.lane(1)));
    f.if(count.gt(2), () => foldLane(kind, total, tail.lane(2)));
  });
}

function foldLane(kind: Fold, total: Variable<Double>, lane: Float): void {
  if (kind === "sum") total.set(total.add(lane.toDouble()));
  else total.set((kind === "max" ? total.toFloat().max(lane) : total.toFloat().min(lane)).toDouble());
}
