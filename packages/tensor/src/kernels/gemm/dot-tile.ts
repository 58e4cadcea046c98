import {
  type F32x4,
  type Float,
  type FunctionBuilder,
  f32x4,
  i32,
  type Local,
  type ParamLocals,
  type Pointer,
  ptr,
  type Subroutine,
  type Words,
} from "../../wasm/index.js";
import { loadUpTo } from "../lanes.js";

/** Rows of a tile of dot products. */
export const DOT_ROWS = 2;

/** Columns of a tile of dot products: as many as the registers hold. Multiply-add needs none for the product. */
export function dotColumns(fma: boolean): number {
  return fma ? 6 : 4;
}

type TileParams = Words<"a" | "b" | "c", "aRow" | "bColumn" | "cRow" | "steps" | "columns" | "accumulate">;
const tileParams: TileParams = {
  a: ptr,
  aRow: i32,
  b: ptr,
  bColumn: i32,
  c: ptr,
  cRow: i32,
  steps: i32,
  columns: i32,
  accumulate: i32,
};

/**
 * Defines the products of 1 or of 2 rows of `a` and up to `dotColumns` columns of `b`, in all of which the `steps`
 * elements lie side by side, written or added to `c`. Each sum is kept in four parts until its end. Strides are bytes.
 */
export function defineDotTiles(f: FunctionBuilder): readonly Subroutine<TileParams>[] {
  return [1, 2].map((rows) => defineTile(f, rows));
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

function defineTile(f: FunctionBuilder, rowCount: number): Subroutine<TileParams> {
  const [rows, columns] = [range(rowCount), range(dotColumns(f.fma))];
  return f.subroutine(`gemmDotTile${rowCount}`, tileParams, (g, p) => {
    const lefts = pointers(rows, p.a, (from) => g.local(from.plus(p.aRow)));
    // A missing column repeats the last one, and is not stored.
    const rights = pointers(columns, p.b, (from, j) => g.local(from.plus(p.columns.gt(j).select(p.bColumn, 0))));
    const sums = rows.map(() => columns.map(() => g.local(f32x4.zero)));
    const multiply = (load: (from: Pointer) => F32x4): void => {
      const left = lefts.map((from) => g.local(load(from)));
      for (const j of columns) {
        const right = g.local(load(rights[j]));
        for (const i of rows) sums[i][j].set(g.mulAdd(left[i], right, sums[i][j]));
      }
    };
    const advance = (by: number): void => {
      for (const pointer of [...lefts, ...rights]) pointer.advance(by);
    };
    g.times(p.steps.shr(3), () => {
      multiply((from) => from.load4());
      multiply((from) => from.load4(4));
      advance(8);
    });
    g.if(p.steps.and(4), () => {
      multiply((from) => from.load4());
      advance(4);
    });
    const rest = g.local(p.steps.and(3));
    g.if(rest, () => multiply((from) => loadUpTo(g, from, rest)));
    storeTile(g, p, sums);
  });
}

/** A pointer for each index, every one made from the one before. */
function pointers(
  indices: readonly number[],
  first: Local<Pointer>,
  next: (from: Local<Pointer>, index: number) => Local<Pointer>,
): Local<Pointer>[] {
  const list = [first];
  for (const i of indices.slice(1)) list.push(next(list[i - 1], i));
  return list;
}

/** The sums of the lanes of four vectors. */
function laneSums(g: FunctionBuilder, [a, b, c, d]: readonly F32x4[]): Local<F32x4> {
  const halves = [
    [a, b],
    [c, d],
  ].map(([x, y]) => g.local(f32x4.shuffle(x, y, [0, 4, 1, 5]).add(f32x4.shuffle(x, y, [2, 6, 3, 7]))));
  const [ab, cd] = halves;
  return g.local(f32x4.shuffle(ab, cd, [0, 1, 4, 5]).add(f32x4.shuffle(ab, cd, [2, 3, 6, 7])));
}

/** Writes or adds the first four columns of each row as a vector where all are there, and the others one by one. */
function storeTile(g: FunctionBuilder, p: ParamLocals<TileParams>, sums: readonly F32x4[][]): void {
  const rows = sums.map((row) => laneSums(g, row));
  const others = sums.flatMap((row) => row.slice(4));
  const behind =
    others.length === 0 ? undefined : laneSums(g, [...others, ...others, ...others, ...others].slice(0, 4));
  const targets = pointers(range(sums.length), p.c, (from) => g.local(from.plus(p.cRow)));
  const one = (target: Pointer, value: Float, column: number): void => {
    g.if(p.columns.gt(column), () => {
      const sum = g.local(value);
      g.if(p.accumulate, () => sum.set(sum.add(target.load(column))));
      g.store(target, sum, column);
    });
  };
  for (const [i, target] of targets.entries()) {
    g.if(
      p.columns.ge(4),
      () => {
        g.if(p.accumulate, () => rows[i].set(rows[i].add(target.load4())));
        g.store(target, rows[i]);
      },
      () => {
        for (let j = 0; j < 4; j++) one(target, rows[i].lane(j), j);
      },
    );
    for (let j = 4; j < sums[i].length; j++) {
      if (behind !== undefined) one(target, behind.lane(i * (sums[i].length - 4) + j - 4), j);
    }
  }
}
