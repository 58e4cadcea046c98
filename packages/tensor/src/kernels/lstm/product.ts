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
import { forwardColumns, stripColumns } from "./panel.js";

/** Most samples whose sums are kept at a time: whole panels, which have 4, 5 or 6. */
const SUM_ROWS = 60;
/** Bytes of scratch memory that a product needs. */
export const sumsBytes: number = 4 * forwardColumns * SUM_ROWS;
/** Rows of a weight panel that stay in the first-level cache while all samples meet them. */
const CHUNK = 256;
/** Up to this many samples behind the last whole panel are summed with all columns, or twice a tile's, at once. */
const FEW_ROWS = 2;

/** What a weight panel is multiplied with. */
export interface PanelRows {
  /** [columns / 16, count, 16] */
  readonly panel: Local<Pointer>;
  readonly count: Int;
  /** 0 when the sums are to stay as they are given. */
  readonly multiply: Int;
  /** The samples' state in panels [count][tile rows] of `panelSamples` samples each, as matrix products pack it. */
  readonly packed: Pointer;
  readonly panelSamples: Int;
  /** What the sums of a sample start from: a vector for four columns. */
  given(sample: Local<Int>): readonly F32x4[];
  /** Takes the sums of a sample: given + state · panel. */
  finish(sample: Local<Int>, sums: readonly Local<F32x4>[]): void;
}

/** Multiplies a weight panel with the samples from `first`, with which a panel starts, to `end` (exclusive). */
export type PanelProduct = (first: Int, end: Int, rows: PanelRows) => void;

/**
 * Defines the product with a panel of 16 or 32 columns. Sums lie in the scratch memory between its chunks; their order is
 * that of the rows.
 */
export function panelProduct(f: FunctionBuilder, scratch: Pointer, columns: number): PanelProduct {
  const width = tileRows(f.fma);
  const { whole } = defineTile(f);
  const few = Array.from({ length: FEW_ROWS }, (_, i) => defineFewRows(f, i + 1, columns));
  const vectors = Array.from({ length: columns / 4 }, (_, v) => v);
  const strips = Array.from({ length: columns / stripColumns }, (_, strip) => strip);

  const multiplyPanels = (start: Int, stop: Int, { panel, count, packed, panelSamples }: PanelRows): void => {
    const rest = f.local(stop.sub(start).rem(panelSamples));
    const left = f.local(rest.le(FEW_ROWS).select(rest, i32.of(0)));
    const stopWhole = f.local(stop.sub(left));
    const placeOf = (sample: Int, k: Int): Pointer => packed.at(sample.div(panelSamples).mul(count).add(k).mul(width));
    f.forRange(
      0,
      count,
      (k) => {
        const stepsLeft = f.local(count.sub(k));
        const steps = f.local(stepsLeft.min(CHUNK));
        const b = f.local(panel.at(k.mul(stripColumns)));
        for (const strip of strips) {
          const a = f.local(placeOf(start, k));
          const c = f.local(scratch.at(strip * stripColumns));
          f.forRange(
            start,
            stopWhole,
            (sample) => {
              const samplesLeft = f.local(stopWhole.sub(sample));
              const args = { steps, a, bStep: 4 * stripColumns, cRow: 4 * columns, accumulate: 1 };
              const rows = f.local(samplesLeft.min(panelSamples));
              for (let column = 0; column < stripColumns; column += f.tileColumns) {
                f.call(whole, { ...args, rows, b: b.at(column), c: c.at(column) });
              }
              a.set(a.at(count.mul(width)));
              c.set(c.at(rows.mul(columns)));
            },
            panelSamples,
          );
          b.set(b.at(count.mul(stripColumns)));
        }
        for (const [i, multiply] of few.entries()) {
          f.if(left.eq(i + 1), () =>
            f.call(multiply, {
              steps,
              a: placeOf(stopWhole, k),
              b: panel.at(k.mul(stripColumns)),
              strip: count.mul(4 * stripColumns),
              c: scratch.at(stopWhole.sub(start).mul(columns)),
            }),
          );
        }
      },
      CHUNK,
    );
  };

  return (first, end, rows) =>
    f.forRange(
      first,
      end,
      (start) => {
        const stop = f.local(start.add(SUM_ROWS));
        stop.set(stop.min(end));
        const at = f.local(scratch);
        f.forRange(start, stop, (sample) => {
          f.storeAll(at, rows.given(sample));
          at.advance(columns);
        });
        f.if(rows.multiply, () => multiplyPanels(start, stop, rows));
        at.set(scratch);
        f.forRange(start, stop, (sample) => {
          rows.finish(
            sample,
            vectors.map((v) => f.local(at.load4(4 * v))),
          );
          at.advance(columns);
        });
      },
      SUM_ROWS,
    );
}

type RowParams = Words<"a" | "b" | "c", "steps" | "strip">;
const rowParams: RowParams = { steps: i32, a: ptr, b: ptr, strip: i32, c: ptr };

/**
 * Adds the products of the first `rows` lanes of a packed panel and a weight panel, whose strips are `strip` bytes apart,
 * to sums in memory. All columns are summed at once where the registers hold them: more sums hide more of the latency of
 * additions.
 */
function defineFewRows(f: FunctionBuilder, rows: number, columns: number): Subroutine<RowParams> {
  const width = tileRows(f.fma);
  const atOnce = Math.min(columns, 2 * f.tileColumns) / stripColumns;
  const vectors = Array.from({ length: stripColumns / 4 }, (_, v) => v);
  return f.subroutine(`lstmRows${rows}`, rowParams, (g, { steps, a, b, strip, c }) => {
    for (let first = 0; first < columns / stripColumns; first += atOnce) {
      const left = g.local(a);
      const strips = Array.from({ length: atOnce }, (_, i) => ({
        right: g.local(b.plus(strip.mul(first + i))),
        offset: (first + i) * stripColumns,
      }));
      const sums = Array.from({ length: rows }, (_, r) =>
        strips.map(({ offset }) => vectors.map((v) => g.local(c.load4(columns * r + offset + 4 * v)))),
      );
      g.times(steps, () => {
        const lanes = sums.map((_, r) => g.local(left.splat(r)));
        strips.forEach(({ right }, i) => {
          const weights = vectors.map((v) => g.local(right.load4(4 * v)));
          for (const [r, row] of sums.entries()) {
            for (const [v, sum] of row[i].entries()) sum.set(g.mulAdd(lanes[r], weights[v], sum));
          }
          right.advance(stripColumns);
        });
        left.advance(width);
      });
      for (const [r, row] of sums.entries()) {
        for (const [i, { offset }] of strips.entries()) g.storeAll(c, row[i], columns * r + offset);
      }
    }
  });
}
