import { type Lane, type Local, loadLanes, loadTail, storeTail, storeVectors } from "../../expr/lanes.js";
import { type F32x4, f32x4, type Int, i32, type Kernel } from "../../wasm/index.js";
import { combine, foldStart, type ReduceVariant } from "./accumulate.js";
import { emitValues, forEachLine, linesKernel, moveToKept, type Unit } from "./lines.js";

/** Columns that one unit of the range covers. */
export const columnBlock = 16;

/**
 * A kernel for reductions whose innermost dimension is kept: its elements are columns, and one of the reduced dimensions
 * is run through row by row. A unit of the range is up to 16 columns, a line a run of rows; sums are added up line by
 * line, so that rounding errors stay small.
 */
export function reduceColumnsKernel(variant: ReduceVariant): Kernel {
  const runs = Object.fromEntries(variant.walks.slice(1).map((_, k) => [`run${k}`, i32]));
  return linesKernel("Columns", variant, { width: i32, blocks: i32, ...runs }, (unit) => {
    const { f, words, index } = unit;
    moveToKept(unit, index.div(words.int("blocks")));
    const column = f.local(index.rem(words.int("blocks")).mul(columnBlock));
    skip(unit, column);
    emitBlock(unit, words.int("width").sub(column));
  });
}

/** Moves all pointers by so many columns. */
function skip({ pointers, words }: Unit, columns: Int): void {
  pointers.forEach((at, k) => {
    at.set(at.plus(columns.mul(words.int(`step${k}`))));
  });
}

function emitBlock(unit: Unit, left: Int): void {
  const { f } = unit;
  const count = f.local(left.min(columnBlock));
  f.if(
    count.eq(columnBlock),
    () => full(unit, 4),
    () => {
      f.while(count.ge(4), () => {
        full(unit, 1);
        skip(unit, i32.of(4));
        count.set(count.sub(4));
      });
      f.if(count.gt(0), () => tail(unit, count));
    },
  );
}

/** Emits the reduction of `vectors` times four columns at the pointers. */
function full(unit: Unit, vectors: number): void {
  const { f } = unit;
  const lanesAt = (lane: Lane, vector: number): Lane => {
    if (vector === 0 || lane.walk !== "stride") return lane;
    return { ...lane, at: f.local(lane.at.plus(lane.step.mul(4 * vector))) as Local };
  };
  const results = fold(unit, vectors, (lane, vector) =>
    lane.walk === "repeat" ? lane.at.splat() : loadLanes(f, lanesAt(lane, vector), vector),
  );
  storeVectors(f, outputOf(unit), results);
}

/** Emits the reduction of one to three columns. */
function tail(unit: Unit, count: Int): void {
  const { f } = unit;
  const [result] = fold(unit, 1, (lane) => (lane.walk === "repeat" ? lane.at.splat() : loadTail(f, lane, count)));
  storeTail(f, outputOf(unit), result, count);
}

function outputOf(unit: Unit): Lane {
  const last = unit.pointers.length - 1;
  return laneOf(unit, last, unit.pointers[last]);
}

function laneOf({ variant, words }: Unit, k: number, at: Local): Lane {
  return { walk: variant.walks[k], at, step: words.int(`step${k}`) };
}

function fold(unit: Unit, vectors: number, load: (lane: Lane, vector: number) => F32x4): F32x4[] {
  const { f, words } = unit;
  const { kind } = unit.variant;
  const start = f32x4.splat(foldStart[kind]);
  const totals = Array.from({ length: vectors }, () => f.local(start));
  forEachLine(unit, "run", (starts, count) => {
    const accumulators = totals.map(() => f.local(start));
    f.times(count, () => {
      accumulators.forEach((accumulator, vector) => {
        const values = emitValues(unit, (k) => load(laneOf(unit, k, starts[k]), vector));
        accumulator.set(combine(kind, accumulator, values));
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
