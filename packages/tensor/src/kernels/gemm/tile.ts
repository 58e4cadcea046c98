import {
  type FunctionBuilder,
  f32x4,
  i32,
  type Local,
  type Pointer,
  ptr,
  type Subroutine,
  type TileColumns,
  type Words,
} from "../../wasm/index.js";

/** Rows of a register tile: as many as the registers hold. Multiply-add needs none for the product. */
export function tileRows(fma: boolean): number {
  return fma ? 6 : 5;
}

/** Room that `defineTile` needs for a tile at an edge. */
export const TILE_BYTES: number = 6 * 16 * 4;

type StepParams = Words<"a" | "b" | "c", "steps" | "bStep" | "cRow" | "accumulate">;
const stepParams: StepParams = { steps: i32, a: ptr, b: ptr, bStep: i32, c: ptr, cRow: i32, accumulate: i32 };
type TileParams = StepParams & Words<never, "rows">;
const tileParams: TileParams = { ...stepParams, rows: i32 };
type EdgeParams = TileParams & Words<"spare", "columns">;
const edgeParams: EdgeParams = { ...tileParams, columns: i32, spare: ptr };
const copyParams = { from: ptr, fromRow: i32, to: ptr, toRow: i32, rows: i32, columns: i32 } as const;

/** The subroutines of a tile: `whole` for all its columns, `edge` for the first `columns`. */
export interface Tile {
  readonly whole: Subroutine<TileParams>;
  readonly edge: Subroutine<EdgeParams>;
}

/**
 * Defines the product of the first `rows` lanes of a packed panel of `a` ([steps][tileRows]) and a panel of `b` (the
 * tile's columns, `bStep` bytes from step to step), written or added to `c`, whose rows are `cRow` bytes apart. Sums run over
 * the steps in order.
 */
export function defineTile(f: FunctionBuilder): Tile {
  const { tileColumns } = f;
  const whole = defineWhole(f, tileColumns);
  const halves = tileColumns === 16 ? defineWhole(f, 8) : whole;

  const copy = f.subroutine("gemmCopyTile", copyParams, (g, { from, fromRow, to, toRow, rows, columns }) => {
    g.times(rows, () => {
      g.forRange(0, columns, (j) => g.store(to.at(j), from.at(j).load()));
      from.set(from.plus(fromRow));
      to.set(to.plus(toRow));
    });
  });

  const edge = f.subroutine("gemmEdgeTile", edgeParams, (g, { columns, spare, ...tile }) => {
    const spareRow = 4 * tileColumns;
    const { c, cRow, accumulate, rows } = tile;
    g.if(accumulate, () => g.call(copy, { from: c, fromRow: cRow, to: spare, toRow: spareRow, rows, columns }));
    const args = { ...tile, c: spare, cRow: spareRow };
    g.if(
      columns.gt(8),
      () => g.call(whole, args),
      () => g.call(halves, args),
    );
    g.call(copy, { from: spare, fromRow: spareRow, to: c, toRow: cRow, rows, columns });
  });
  return { whole, edge };
}

/** Tiles of any number of rows. */
function defineWhole(f: FunctionBuilder, columns: TileColumns): Subroutine<TileParams> {
  const width = tileRows(f.fma);
  const byRows = Array.from({ length: width }, (_, i) => defineRows(f, i + 1, width, columns));
  return f.subroutine(`gemmTiles${columns}`, tileParams, (g, { rows, ...args }) => {
    for (let count = width; count > 1; count--) {
      g.if(rows.eq(count), () => {
        g.call(byRows[count - 1], args);
        g.return();
      });
    }
    g.call(byRows[0], args);
  });
}

/** A tile of `count` rows, out of a panel of `width`. */
function defineRows(f: FunctionBuilder, count: number, width: number, columns: TileColumns): Subroutine<StepParams> {
  const rows = Array.from({ length: count }, (_, i) => i);
  const vectors = Array.from({ length: columns / 4 }, (_, i) => i);
  return f.subroutine(`gemmTile${count}x${columns}`, stepParams, (g, { steps, a, b, bStep, c, cRow, accumulate }) => {
    const targets: Local<Pointer>[] = [c];
    for (const i of rows.slice(1)) targets.push(g.local(targets[i - 1].plus(cRow)));
    const sums = rows.map(() => vectors.map(() => g.local(f32x4.zero)));
    g.if(accumulate, () => {
      for (const i of rows) for (const j of vectors) sums[i][j].set(targets[i].load4(4 * j));
    });
    const right = vectors.map(() => g.local(f32x4.zero));
    const left = g.local(f32x4.zero);
    const step = (number: number): void => {
      for (const j of vectors) right[j].set(b.load4(4 * j));
      for (const i of rows) {
        left.set(a.splat(number * width + i));
        for (const j of vectors) sums[i][j].set(g.mulAdd(left, right[j], sums[i][j]));
      }
      b.set(b.plus(bStep));
    };
    if (columns === 16) {
      g.times(steps.shr(1), () => {
        step(0);
        step(1);
        a.advance(2 * width);
      });
      g.if(steps.and(1), () => step(0));
    } else {
      // A second step here would leave no register for what it needs.
      g.times(steps, () => {
        step(0);
        a.advance(width);
      });
    }
    for (const i of rows) for (const j of vectors) g.store(targets[i], sums[i][j], 4 * j);
  });
}
