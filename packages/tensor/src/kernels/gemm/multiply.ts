import {
  type FunctionBuilder,
  type Int,
  i32,
  type Kernel,
  kernel,
  type Local,
  type ParamLocals,
  type Params,
  type Pointer,
  ptr,
  type Subroutine,
  type Words,
} from "../../wasm/index.js";
import { definePack, type Pack } from "./pack.js";
import { defineTile, TILE_BYTES, TILE_COLUMNS, tileRows } from "./tile.js";

/** Steps of K that are packed and multiplied at a time. */
export const K_CHUNK = 256;
/** Widest block of columns. */
export const MAX_BLOCK_COLUMNS = 320;
/** Panels of rows whose packed steps stay in the second-level cache. */
const CACHED_PANELS = 20;
/** Room for a tile and one packed chunk of columns. */
const MULTIPLY_SCRATCH_BYTES: number = TILE_BYTES + 4 * K_CHUNK * MAX_BLOCK_COLUMNS;

/** See `multiplyParams`. */
export type MultiplyParams = Words<
  "packed" | "c" | "bias" | "right",
  | "packedBatch"
  | "height"
  | "panelBytes"
  | "cBatch"
  | "cPart"
  | "cRow"
  | "m"
  | "n"
  | "blockRows"
  | "blockColumns"
  | "rowBlocks"
  | "columnBlocks"
  | "parts"
  | "partSteps"
  | "steps"
  | "accumulate"
  | "biasRow"
  | "biasColumn"
  | "direct"
  | "rightBatch"
  | "rightStep"
>;

/** What every multiplying kernel takes, beside what its packing of the right matrix needs. Strides are bytes. */
const multiplyParams: MultiplyParams = {
  packed: ptr,
  height: i32,
  packedBatch: i32,
  panelBytes: i32,
  c: ptr,
  cBatch: i32,
  cPart: i32,
  cRow: i32,
  m: i32,
  n: i32,
  blockRows: i32,
  blockColumns: i32,
  rowBlocks: i32,
  columnBlocks: i32,
  /** K is split into this many parts of `partSteps` steps, each with an output of its own. */
  parts: i32,
  partSteps: i32,
  steps: i32,
  accumulate: i32,
  /** 0, or what is added to every output; its strides are 4 or 0. */
  bias: ptr,
  biasRow: i32,
  biasColumn: i32,
  /** Not 0: full panels of the right matrix, which starts at `right`, are read where they are. */
  direct: i32,
  right: ptr,
  rightBatch: i32,
  rightStep: i32,
};

/** The columns and steps that are to be packed into panels [panel][steps][8], one after the other. */
export interface PackRequest {
  readonly batch: Local<Int>;
  /** First column, and how many. */
  readonly column: Local<Int>;
  readonly columns: Local<Int>;
  /** First step, and how many. */
  readonly step: Local<Int>;
  readonly steps: Local<Int>;
  readonly target: Local<Pointer>;
}

/** Emits the packing of the right matrix. `pack` packs a panel of 8 columns. */
export type PackRight<P extends Params> = (f: FunctionBuilder, p: ParamLocals<P>, r: PackRequest, pack: Pack) => void;

/**
 * A kernel that multiplies a left matrix packed by `packLeft` with a right one that it packs itself, chunk by chunk.
 * Its range counts blocks of the output: [batch][parts][rowBlocks][columnBlocks].
 */
export function multiplyKernel<const P extends Params>(
  name: string,
  params: P,
  packRight: PackRight<P & MultiplyParams>,
): Kernel<P & MultiplyParams> {
  for (const key of Object.keys(params)) {
    if (key in multiplyParams) throw new Error(`kernel ${name}: the parameter ${key} is taken`);
  }
  return kernel(
    name,
    { ...multiplyParams, ...params } as P & MultiplyParams,
    (f, all, { start, end, scratch }) => {
      const p = all as ParamLocals<MultiplyParams>;
      const multiply = defineChunk(f);
      const pack = definePack(f, TILE_COLUMNS);
      f.forRange(start, end, (index) => {
        const b = decodeBlock(f, p, index);
        addBias(f, p, b);
        const first = f.local(b.part.mul(p.partSteps));
        const left = f.local(p.steps.sub(first));
        const last = f.local(first.add(left.min(p.partSteps)));
        f.forRange(
          first,
          last,
          (step) => {
            const rest = f.local(last.sub(step));
            const steps = f.local(rest.min(K_CHUNK));
            const target = f.local(scratch.plus(TILE_BYTES));
            const { batch, column, columns } = b;
            packRight(f, all, { batch, column, columns, step, steps, target }, pack);
            const source = p.right.plus(batch.mul(p.rightBatch)).plus(step.mul(p.rightStep)).at(column);
            f.call(multiply, {
              steps,
              a: b.packed.at(step.mul(tileRows(f.fma))),
              panelBytes: p.panelBytes,
              height: p.height,
              b: scratch.plus(TILE_BYTES),
              direct: p.direct,
              source,
              sourceStep: p.rightStep,
              c: b.c,
              cRow: p.cRow,
              rows: b.rows,
              columns,
              accumulate: p.accumulate.or(p.bias.ne(0)).or(step.gt(first)),
              spare: scratch,
            });
          },
          K_CHUNK,
        );
      });
    },
    { scratchBytes: MULTIPLY_SCRATCH_BYTES },
  );
}

interface Block {
  readonly batch: Local<Int>;
  readonly part: Local<Int>;
  readonly row: Local<Int>;
  readonly rows: Local<Int>;
  readonly column: Local<Int>;
  readonly columns: Local<Int>;
  readonly packed: Local<Pointer>;
  readonly c: Local<Pointer>;
}

function decodeBlock(f: FunctionBuilder, p: ParamLocals<MultiplyParams>, index: Local<Int>): Block {
  const column = f.local(index.rem(p.columnBlocks).mul(p.blockColumns));
  const rest = f.local(index.div(p.columnBlocks));
  const row = f.local(rest.rem(p.rowBlocks).mul(p.blockRows));
  rest.set(rest.div(p.rowBlocks));
  const part = f.local(rest.rem(p.parts));
  const batch = f.local(rest.div(p.parts));
  const [rowsLeft, columnsLeft] = [f.local(p.m.sub(row)), f.local(p.n.sub(column))];
  const rows = f.local(rowsLeft.min(p.blockRows));
  const columns = f.local(columnsLeft.min(p.blockColumns));
  const panel = row.div(p.height);
  const packed = f.local(p.packed.plus(batch.mul(p.packedBatch)).plus(panel.mul(p.panelBytes)));
  const c = f.local(p.c.plus(batch.mul(p.cBatch)).plus(part.mul(p.cPart)).plus(row.mul(p.cRow)).at(column));
  return { batch, part, row, rows, column, columns, packed, c };
}

/** Starts the block from the bias; the chunks then accumulate. */
function addBias(f: FunctionBuilder, p: ParamLocals<MultiplyParams>, b: Block): void {
  f.if(p.bias.ne(0), () =>
    f.forRange(0, b.rows, (i) => {
      const from = f.local(p.bias.plus(b.row.add(i).mul(p.biasRow)).plus(b.column.mul(p.biasColumn)));
      const to = f.local(b.c.plus(i.mul(p.cRow)));
      f.times(b.columns, () => {
        const value = f.local(from.load());
        f.if(p.accumulate, () => value.set(value.add(to.load())));
        f.store(to, value);
        from.set(from.plus(p.biasColumn));
        to.advance(1);
      });
    }),
  );
}

const chunkParams = {
  steps: i32,
  a: ptr,
  panelBytes: i32,
  height: i32,
  b: ptr,
  direct: i32,
  source: ptr,
  sourceStep: i32,
  c: ptr,
  cRow: i32,
  rows: i32,
  columns: i32,
  accumulate: i32,
  spare: ptr,
} as const;

/** Multiplies packed rows with one packed chunk of columns. */
function defineChunk(f: FunctionBuilder): Subroutine<typeof chunkParams> {
  const tile = defineTile(f);
  return f.subroutine("gemmChunk", chunkParams, (g, p) => {
    const { steps, cRow, accumulate, spare, height } = p;
    const bPanel = g.local(steps.mul(4 * TILE_COLUMNS));
    const cached = g.local(height.mul(CACHED_PANELS));
    const columnBlocks = (top: Int, bottom: Int): void => {
      const b = g.local(p.b);
      g.forRange(
        0,
        p.columns,
        (j) => {
          const left = g.local(p.columns.sub(j));
          const inPlace = g.local(left.ge(TILE_COLUMNS).and(p.direct));
          const bStep = g.local(inPlace.select(p.sourceStep, 4 * TILE_COLUMNS));
          const from = g.local(inPlace.select(p.source.at(j), b));
          const a = g.local(p.a.plus(top.div(height).mul(p.panelBytes)));
          const c = g.local(p.c.plus(top.mul(cRow)).at(j));
          g.forRange(
            top,
            bottom,
            (i) => {
              const rest = g.local(bottom.sub(i));
              const rows = g.local(rest.min(height));
              const args = { steps, a, b: from, bStep, c, cRow, accumulate, rows };
              g.if(
                left.ge(TILE_COLUMNS),
                () => g.call(tile.whole, args),
                () => g.call(tile.edge, { ...args, columns: left, spare }),
              );
              a.set(a.plus(p.panelBytes));
              c.set(c.plus(cRow.mul(height)));
            },
            height,
          );
          b.set(b.plus(bPanel));
        },
        TILE_COLUMNS,
      );
    };
    g.forRange(
      0,
      p.rows,
      (top) => {
        const bottom = g.local(top.add(cached));
        bottom.set(bottom.min(p.rows));
        columnBlocks(top, bottom);
      },
      cached,
    );
  });
}
