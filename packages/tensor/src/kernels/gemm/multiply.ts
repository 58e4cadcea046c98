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
import { addBias, type BlockParams, blockParams, decodeBlock } from "./block.js";
import { definePack, type Pack } from "./pack.js";
import { defineTile, TILE_BYTES, tileRows } from "./tile.js";

/** Steps of K that are packed and multiplied at a time. */
export const K_CHUNK = 256;
/** Widest block of columns. */
export const MAX_BLOCK_COLUMNS = 320;
/** Panels of rows whose packed steps stay in the second-level cache. */
const CACHED_PANELS = 20;
/** Room for a tile and one packed chunk of columns. */
const MULTIPLY_SCRATCH_BYTES: number = TILE_BYTES + 4 * K_CHUNK * MAX_BLOCK_COLUMNS;

/** How the operands lie. */
export type PackedParams = Words<
  "packed" | "right",
  "packedBatch" | "height" | "panelBytes" | "direct" | "rightBatch" | "rightStep"
>;
/** See `multiplyParams`. */
export type MultiplyParams = BlockParams & PackedParams;

/** What every multiplying kernel takes, beside what its packing of the right matrix needs. Strides are bytes. */
const multiplyParams: MultiplyParams = {
  ...blockParams,
  packed: ptr,
  height: i32,
  packedBatch: i32,
  panelBytes: i32,
  /** Not 0: full panels of the right matrix, which starts at `right`, are read where they are. */
  direct: i32,
  right: ptr,
  rightBatch: i32,
  rightStep: i32,
};

/** The columns of the right matrix, or rows of the left one, and the steps that are to be packed into panels. */
export interface PackRequest {
  readonly batch: Local<Int>;
  /** First column or row, and how many. */
  readonly first: Local<Int>;
  readonly count: Local<Int>;
  /** First step, and how many. */
  readonly step: Local<Int>;
  readonly steps: Local<Int>;
  readonly target: Local<Pointer>;
}

/** Emits the packing of a matrix into panels [panel][steps][lanes], one after the other. `pack` packs one. */
export type PackMatrix<P extends Params> = (f: FunctionBuilder, p: ParamLocals<P>, r: PackRequest, pack: Pack) => void;

/**
 * A kernel that multiplies a left matrix with a right one, which it packs itself, chunk by chunk. The left one was packed
 * by `packLeft`, or is packed like the right one by `packRows`, into scratch memory behind its panels.
 * Its range counts blocks of the output: [batch][parts][rowBlocks][columnBlocks].
 */
export function multiplyKernel<const P extends Params>(
  name: string,
  params: P,
  packRight: PackMatrix<P & MultiplyParams>,
  packRows?: PackMatrix<P & MultiplyParams>,
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
      const width = tileRows(f.fma);
      const pack = definePack(f, f.tileColumns);
      const packRow = packRows && definePack(f, width);
      const columnPanels = f.local(scratch.plus(TILE_BYTES));
      const rowPanels = f.local(scratch.plus(MULTIPLY_SCRATCH_BYTES));
      f.forRange(start, end, (index) => {
        const b = decodeBlock(f, p, index);
        const panel = b.row.div(p.height);
        const packed = f.local(p.packed.plus(b.batch.mul(p.packedBatch)).plus(panel.mul(p.panelBytes)));
        addBias(f, p, b);
        f.forRange(
          b.firstStep,
          b.endStep,
          (step) => {
            const rest = f.local(b.endStep.sub(step));
            const steps = f.local(rest.min(K_CHUNK));
            const { batch, column, columns } = b;
            const chunk = { batch, step, steps };
            packRight(f, all, { ...chunk, first: column, count: columns, target: columnPanels }, pack);
            if (packRow) packRows(f, all, { ...chunk, first: b.row, count: b.rows, target: rowPanels }, packRow);
            const source = p.right.plus(batch.mul(p.rightBatch)).plus(step.mul(p.rightStep)).at(column);
            f.call(multiply, {
              steps,
              a: packRow ? rowPanels : packed.at(step.mul(width)),
              panelBytes: packRow ? steps.mul(4 * width) : p.panelBytes,
              height: p.height,
              b: columnPanels,
              direct: p.direct,
              source,
              sourceStep: p.rightStep,
              c: b.c,
              cRow: p.cRow,
              rows: b.rows,
              columns,
              accumulate: p.accumulate.or(p.bias.ne(0)).or(step.gt(b.firstStep)),
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
  const { tileColumns } = f;
  const tile = defineTile(f);
  return f.subroutine("gemmChunk", chunkParams, (g, p) => {
    const { steps, cRow, accumulate, spare, height } = p;
    const bPanel = g.local(steps.mul(4 * tileColumns));
    const cached = g.local(height.mul(CACHED_PANELS));
    const columnBlocks = (top: Int, bottom: Int): void => {
      const b = g.local(p.b);
      g.forRange(
        0,
        p.columns,
        (j) => {
          const left = g.local(p.columns.sub(j));
          const inPlace = g.local(left.ge(tileColumns).and(p.direct));
          const bStep = g.local(inPlace.select(p.sourceStep, 4 * tileColumns));
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
                left.ge(tileColumns),
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
        tileColumns,
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
