import { heap } from "../../cpu/heap.js";
import { type KernelArguments, parallelFor } from "../../cpu/threads.js";
import {
  type FunctionBuilder,
  type Int,
  i32,
  type Kernel,
  type Local,
  type ParamLocals,
  type Params,
  type Pointer,
  ptr,
  type Words,
} from "../../wasm/index.js";
import { addParts } from "./add-parts.js";
import type { Blocks } from "./blocks.js";

/** See `blockParams`. */
export type BlockParams = Words<
  "c" | "bias",
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
>;

/** What a kernel that fills an output block by block takes. Strides are bytes. */
export const blockParams: BlockParams = {
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
};

/** A block of the output, and the steps of K whose products it sums. */
export interface Block {
  readonly batch: Local<Int>;
  readonly row: Local<Int>;
  readonly rows: Local<Int>;
  readonly column: Local<Int>;
  readonly columns: Local<Int>;
  readonly firstStep: Local<Int>;
  readonly endStep: Local<Int>;
  /** Its first output. */
  readonly c: Local<Pointer>;
}

/** The block with this index; blocks are counted [batch][parts][rowBlocks][columnBlocks]. */
export function decodeBlock(f: FunctionBuilder, p: ParamLocals<BlockParams>, index: Local<Int>): Block {
  const column = f.local(index.rem(p.columnBlocks).mul(p.blockColumns));
  const rest = f.local(index.div(p.columnBlocks));
  const row = f.local(rest.rem(p.rowBlocks).mul(p.blockRows));
  rest.set(rest.div(p.rowBlocks));
  const part = f.local(rest.rem(p.parts));
  const batch = f.local(rest.div(p.parts));
  const [rowsLeft, columnsLeft] = [f.local(p.m.sub(row)), f.local(p.n.sub(column))];
  const rows = f.local(rowsLeft.min(p.blockRows));
  const columns = f.local(columnsLeft.min(p.blockColumns));
  const firstStep = f.local(part.mul(p.partSteps));
  const stepsLeft = f.local(p.steps.sub(firstStep));
  const endStep = f.local(firstStep.add(stepsLeft.min(p.partSteps)));
  const c = f.local(p.c.plus(batch.mul(p.cBatch)).plus(part.mul(p.cPart)).plus(row.mul(p.cRow)).at(column));
  return { batch, row, rows, column, columns, firstStep, endStep, c };
}

/** Starts the block from the bias, if there is one; products are then added. */
export function addBias(f: FunctionBuilder, p: ParamLocals<BlockParams>, b: Block): void {
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

/** An output [batch, m, n] that a product is written to. Addresses in bytes, strides in elements. */
export interface Output {
  readonly m: number;
  readonly n: number;
  readonly batch: number;
  readonly c: number;
  readonly cRow: number;
  readonly cBatch: number;
  readonly accumulate: boolean;
  readonly bias?: number;
  readonly biasAxis?: "row" | "column";
}

/** Multiply-adds that are worth giving to another thread. */
const GRAIN_WORK = 1 << 18;

/** Runs a kernel over the blocks of an output of `steps` products each, and adds the parts of a split K. */
export function multiplyBlocks<P extends Params>(
  kernel: Kernel<P & BlockParams>,
  extra: KernelArguments<P>,
  output: Output,
  steps: number,
  blocks: Blocks,
  scratchBytes: number = kernel.scratchBytes,
): void {
  const { m, n, batch } = output;
  const { parts, partSteps, blockRows, blockColumns, rowBlocks, columnBlocks } = blocks;
  const split = parts > 1;
  const partBytes = 4 * m * n;
  const sums = split ? heap().alloc(batch * parts * partBytes) : 0;
  try {
    // Spelled out: spreading objects would cost more than a small product does.
    const common: KernelArguments<BlockParams> = {
      c: split ? sums : output.c,
      cBatch: split ? parts * partBytes : 4 * output.cBatch,
      cPart: partBytes,
      cRow: split ? 4 * n : 4 * output.cRow,
      m,
      n,
      blockRows,
      blockColumns,
      rowBlocks,
      columnBlocks,
      parts,
      partSteps,
      steps,
      accumulate: Number(output.accumulate && !split),
      bias: split ? 0 : (output.bias ?? 0),
      biasRow: output.biasAxis === "row" ? 4 : 0,
      biasColumn: output.biasAxis === "row" ? 0 : 4,
    };
    const work = blockRows * blockColumns * partSteps;
    const grain = Math.max(1, Math.floor(GRAIN_WORK / work));
    parallelFor(kernel, Object.assign(common, extra), batch * parts * rowBlocks * columnBlocks, grain, scratchBytes);
    if (split) addParts(output, sums, parts);
  } finally {
    if (split) heap().free(sums);
  }
}
