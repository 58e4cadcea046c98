import { i32, type Kernel, kernel, ptr, type Words } from "../../wasm/index.js";
import { addBias, type BlockParams, blockParams, decodeBlock, multiplyBlocks } from "./block.js";
import { chooseBlocks } from "./blocks.js";
import { DOT_ROWS, defineDotTiles, dotColumns } from "./dot-tile.js";
import type { SimdGemm } from "./simd.js";

/** Steps that the rows of a tile are multiplied along before the next tile: its columns then stay in the first-level cache. */
const CHUNK = 512;
/** Below, adding up the lanes of a sum costs more than packing does. */
const SHORTEST_K = 96;

/** True when K lies side by side in both operands, so that nothing has to be packed, and is long. */
export function suitsDotBlocks({ k, aCol, bRow }: SimdGemm): boolean {
  return aCol === 1 && bRow === 1 && k >= SHORTEST_K;
}

type Operands = Words<"a" | "b", "aBatch" | "aSegment" | "aRow" | "bBatch" | "bSegment" | "bColumn" | "k">;
const operandParams: Operands = {
  a: ptr,
  aBatch: i32,
  aSegment: i32,
  aRow: i32,
  b: ptr,
  bBatch: i32,
  bSegment: i32,
  bColumn: i32,
  /** Steps of a segment. */
  k: i32,
};

/** Sums of products along rows of `a` and columns of `b`. Its range counts blocks of the output. */
const dotBlocks: Kernel<Operands & BlockParams> = kernel(
  "gemmDotBlocks",
  { ...operandParams, ...blockParams },
  (f, p, { start, end }) => {
    const [oneRow, twoRows] = defineDotTiles(f);
    const width = dotColumns(f.fma);
    f.forRange(start, end, (index) => {
      const block = decodeBlock(f, p, index);
      addBias(f, p, block);
      const a = f.local(p.a.plus(block.batch.mul(p.aBatch)).plus(block.row.mul(p.aRow)));
      const b = f.local(p.b.plus(block.batch.mul(p.bBatch)).plus(block.column.mul(p.bColumn)));
      const step = f.local(block.firstStep);
      f.while(step.lt(block.endStep), () => {
        const segment = f.local(step.div(p.k));
        const within = f.local(step.rem(p.k));
        const steps = f.local(p.k.sub(within));
        const left = f.local(block.endStep.sub(step));
        steps.set(steps.min(left));
        steps.set(steps.min(CHUNK));
        const accumulate = f.local(p.accumulate.or(p.bias.ne(0)).or(step.gt(block.firstStep)));
        const rows = f.local(a.plus(segment.mul(p.aSegment)).at(within));
        const columns = f.local(b.plus(segment.mul(p.bSegment)).at(within));
        f.forRange(
          0,
          block.columns,
          (j) => {
            const count = f.local(block.columns.sub(j));
            const row = f.local(rows);
            const c = f.local(block.c.at(j));
            const { aRow, bColumn, cRow } = p;
            const tile = { a: row, aRow, b: columns, bColumn, c, cRow, steps, columns: count.min(width), accumulate };
            f.times(block.rows.shr(1), () => {
              f.call(twoRows, tile);
              row.set(row.plus(aRow.mul(DOT_ROWS)));
              c.set(c.plus(cRow.mul(DOT_ROWS)));
            });
            f.if(block.rows.and(1), () => f.call(oneRow, tile));
            columns.set(columns.plus(bColumn.mul(width)));
          },
          width,
        );
        step.advance(steps);
      });
    });
  },
);

/** The product of `suitsDotBlocks` operands, without packing. */
export function dotBlocksGemm(call: SimdGemm, fma: boolean): void {
  const { m, n, k, batch = 1, segments = 1 } = call;
  if (m === 0 || n === 0 || batch === 0) return;
  const steps = segments * k;
  const operands = {
    a: call.a,
    aBatch: 4 * (call.aBatch ?? 0),
    aSegment: 4 * (call.aSegment ?? 0),
    aRow: 4 * call.aRow,
    b: call.b,
    bBatch: 4 * (call.bBatch ?? 0),
    bSegment: 4 * (call.bSegment ?? 0),
    bColumn: 4 * call.bCol,
    k,
  };
  const { c, cRow, cBatch = 0, accumulate = false, bias, biasAxis } = call;
  const output = { m, n, batch, c, cRow, cBatch, accumulate, bias, biasAxis };
  multiplyBlocks<Operands>(
    dotBlocks,
    operands,
    output,
    steps,
    chooseBlocks(m, n, steps, batch, DOT_ROWS, dotColumns(fma)),
  );
}
