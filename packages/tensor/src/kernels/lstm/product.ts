import {
  type F32x4,
  type FunctionBuilder,
  type Int,
  i32,
  type Local,
  type Pointer,
  ptr,
  type Subroutine,
  type Words,
} from "../../wasm/index.js";
import { defineTile, tileRows } from "../gemm/tile.js";
import { panelColumns } from "./panel.js";

/** Most samples whose sums are kept at a time: whole panels, which have 4, 5 or 6. */
const SUM_ROWS = 60;
/** Bytes of scratch memory that a product needs. */
export const sumsBytes: number = 4 * panelColumns * SUM_ROWS;
/** Rows of a weight panel that stay in the first-level cache while all samples meet them. */
const CHUNK = 256;
/** Up to this many samples all 16 columns are summed at once; more of them fill the registers with 8 columns. */
const FEW_ROWS = 2;

/** What a weight panel is multiplied with. */
export interface PanelRows {
  /** [count, 16] */
  readonly panel: Local<Pointer>;
  readonly count: Int;
  /** 0 when the sums are to stay as they are given. */
  readonly multiply: Int;
  /** The samples' state in panels [count][tile rows] of `panelSamples` samples each, as matrix products pack it. */
  readonly packed: Pointer;
  readonly panelSamples: Int;
  /** What the sums of a sample start from: four vectors. */
  given(sample: Local<Int>): readonly F32x4[];
  /** Takes the sums of a sample: given + state · panel. */
  finish(sample: Local<Int>, sums: readonly Local<F32x4>[]): void;
}

/** Multiplies a weight panel with the samples from `first`, with which a panel starts, to `end` (exclusive). */
export type PanelProduct = (first: Int, end: Int, rows: PanelRows) => void;

/** Defines the product with a panel. Sums lie in the scratch memory between its chunks; their order is that of the rows. */
export function panelProduct(f: FunctionBuilder, scratch: Pointer): PanelProduct {
  const width = tileRows(f.fma);
  const { whole } = defineTile(f);
  const few = Array.from({ length: FEW_ROWS }, (_, i) => defineFewRows(f, i + 1, width));

  const multiplyPanels = (start: Int, stop: Int, { panel, count, packed, panelSamples }: PanelRows): void =>
    f.forRange(
      0,
      count,
      (k) => {
        const left = f.local(count.sub(k));
        const steps = f.local(left.min(CHUNK));
        const b = f.local(panel.at(k.mul(panelColumns)));
        const c = f.local(scratch);
        const a = f.local(packed.at(start.div(panelSamples).mul(count).add(k).mul(width)));
        f.forRange(
          start,
          stop,
          (sample) => {
            const samplesLeft = f.local(stop.sub(sample));
            const rows = f.local(samplesLeft.min(panelSamples));
            f.if(
              rows.le(FEW_ROWS),
              () => {
                for (const [i, multiply] of few.entries()) {
                  f.if(rows.eq(i + 1), () => f.call(multiply, { steps, a, b, c }));
                }
              },
              () => {
                const bStep = 4 * panelColumns;
                for (let column = 0; column < panelColumns; column += f.tileColumns) {
                  const at = { b: b.at(column), c: c.at(column) };
                  f.call(whole, { steps, a, bStep, cRow: bStep, accumulate: 1, rows, ...at });
                }
              },
            );
            a.set(a.at(count.mul(width)));
            c.set(c.at(rows.mul(panelColumns)));
          },
          panelSamples,
        );
      },
      CHUNK,
    );

  return (first, end, rows) =>
    f.forRange(
      first,
      end,
      (start) => {
        const stop = f.local(start.add(SUM_ROWS));
        stop.set(stop.min(end));
        const at = f.local(scratch);
        f.forRange(start, stop, (sample) => {
          for (const [v, lanes] of rows.given(sample).entries()) f.store(at, lanes, 4 * v);
          at.advance(panelColumns);
        });
        f.if(rows.multiply, () => multiplyPanels(start, stop, rows));
        at.set(scratch);
        f.forRange(start, stop, (sample) => {
          rows.finish(
            sample,
            [0, 1, 2, 3].map((v) => f.local(at.load4(4 * v))),
          );
          at.advance(panelColumns);
        });
      },
      SUM_ROWS,
    );
}

type RowParams = Words<"a" | "b" | "c", "steps">;
const rowParams: RowParams = { steps: i32, a: ptr, b: ptr, c: ptr };

/** Adds the products of the first `rows` lanes of a packed panel and a weight panel to sums in memory, [rows, 16]. */
function defineFewRows(f: FunctionBuilder, rows: number, width: number): Subroutine<RowParams> {
  return f.subroutine(`lstmRows${rows}`, rowParams, (g, { steps, a, b, c }) => {
    const sums = Array.from({ length: rows }, (_, r) =>
      [0, 1, 2, 3].map((v) => g.local(c.load4(panelColumns * r + 4 * v))),
    );
    g.times(steps, () => {
      const right = [0, 1, 2, 3].map((v) => g.local(b.load4(4 * v)));
      for (const [r, row] of sums.entries()) {
        const left = g.local(a.splat(r));
        for (const [v, sum] of row.entries()) sum.set(g.mulAdd(left, right[v], sum));
      }
      a.advance(width);
      b.advance(panelColumns);
    });
    for (const [r, row] of sums.entries()) {
      for (const [v, sum] of row.entries()) g.store(c, sum, panelColumns * r + 4 * v);
    }
  });
}
