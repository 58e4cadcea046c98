import {
  type F32x4,
  type FunctionBuilder,
  type Int,
  i32,
  type Kernel,
  kernel,
  type Local,
  type Pointer,
  ptr,
  type Subroutine,
  type Words,
} from "../../wasm/index.js";
import { loadUpTo } from "../lanes.js";

// The recurrent weight is packed once a sequence into panels of 16 columns, so that a step reads it in order. A forward
// panel holds the four gates of four hidden units, a backward panel 16 hidden units.

/** Columns of a panel. */
export const panelColumns = 16;

/** panels[g, k, 4 gate + u] = weight[gate, 4g + u, k]; units behind the last one are 0. One unit of work is one g. */
export const packForward: Kernel = kernel(
  "lstmPackForward",
  { weight: ptr, panels: ptr, hidden: i32 },
  (f, p, { start, end }) => {
    const { weight, panels, hidden } = p;
    f.forRange(start, end, (g) => {
      const panel = f.local(panels.at(g.mul(hidden).mul(panelColumns)));
      for (let column = 0; column < panelColumns; column++) {
        const unit = f.local(g.mul(4).add(column % 4));
        const from = f.local(
          weight.at(
            hidden
              .mul(Math.floor(column / 4))
              .add(unit)
              .mul(hidden),
          ),
        );
        const to = f.local(panel.at(column));
        f.if(
          unit.lt(hidden),
          () =>
            f.times(hidden, () => {
              f.store(to, from.load());
              from.advance(1);
              to.advance(panelColumns);
            }),
          () =>
            f.times(hidden, () => {
              f.store(to, i32.of(0));
              to.advance(panelColumns);
            }),
        );
      }
    });
  },
);

/** panels[g, row, u] = weight[row, 16g + u]; units behind the last one are 0. One unit of work is one g. */
export const packBackward: Kernel = kernel(
  "lstmPackBackward",
  { weight: ptr, panels: ptr, hidden: i32 },
  (f, p, { start, end }) => {
    const { weight, panels, hidden } = p;
    f.forRange(start, end, (g) => {
      const first = f.local(g.mul(panelColumns));
      const to = f.local(panels.at(first.mul(hidden).mul(4)));
      const from = f.local(weight.at(first));
      f.times(hidden.mul(4), () => {
        for (let v = 0; v < 4; v++) f.store(to, loadUpTo(f, from.at(4 * v), hidden.sub(first).sub(4 * v)), 4 * v);
        from.advance(hidden);
        to.advance(panelColumns);
      });
    });
  },
);

/** Most samples whose sums are kept at a time. */
const SUM_ROWS = 64;
/** Bytes of scratch memory that `multiplyPanel` needs. */
export const sumsBytes: number = 4 * panelColumns * SUM_ROWS;
/** Rows of a panel that stay in the first-level cache while all samples meet them. */
const CHUNK = 128;

/** What a panel is multiplied with, sample by sample. */
export interface PanelRows {
  /** [count, 16] */
  readonly panel: Local<Pointer>;
  readonly count: Int;
  /** 0 when the sums are to stay as they are given. */
  readonly multiply: Int;
  /** What the sums of a sample start from: four vectors. */
  given(sample: Local<Int>): readonly F32x4[];
  /** The row of a sample. */
  row(sample: Local<Int>): Pointer;
  /** Takes the sums of a sample: given + row · panel. */
  finish(sample: Local<Int>, sums: readonly Local<F32x4>[]): void;
}

/** Multiplies a panel with the rows of the samples from `first` to `end` (exclusive). */
export type PanelProduct = (first: Int, end: Int, rows: PanelRows) => void;

/** Defines the product with a panel. Sums lie in the scratch memory between its chunks; their order is that of the rows. */
export function panelProduct(f: FunctionBuilder, scratch: Pointer): PanelProduct {
  const one = defineRows(f, 1);
  const two = defineRows(f, 2);
  return (first, end, { panel, count, multiply, given, row, finish }) =>
    f.forRange(
      first,
      end,
      (start) => {
        const stop = f.local(start.add(SUM_ROWS));
        stop.set(stop.min(end));
        const at = f.local(scratch);
        f.forRange(start, stop, (sample) => {
          for (const [v, lanes] of given(sample).entries()) f.store(at, lanes, 4 * v);
          at.advance(panelColumns);
        });
        f.if(multiply, () =>
          f.forRange(
            0,
            count,
            (k) => {
              const left = f.local(count.sub(k));
              const part = { panel: panel.at(k.mul(panelColumns)), count: f.local(left.min(CHUNK)) };
              const sums = f.local(scratch);
              const sample = f.local(start);
              const next = f.local(start.add(1));
              f.while(next.lt(stop), () => {
                f.call(two, { ...part, row0: row(sample).at(k), row1: row(next).at(k), sums });
                sums.advance(2 * panelColumns);
                sample.advance(2);
                next.advance(2);
              });
              f.if(sample.lt(stop), () => {
                const from = f.local(row(sample).at(k));
                f.call(one, { ...part, row0: from, row1: from, sums });
              });
            },
            CHUNK,
          ),
        );
        at.set(scratch);
        f.forRange(start, stop, (sample) => {
          finish(
            sample,
            [0, 1, 2, 3].map((v) => f.local(at.load4(4 * v))),
          );
          at.advance(panelColumns);
        });
      },
      SUM_ROWS,
    );
}

type RowParams = Words<"row0" | "row1" | "panel" | "sums", "count">;
const rowParams: RowParams = { row0: ptr, row1: ptr, panel: ptr, count: i32, sums: ptr };

/** Adds the products of one or two rows and a panel to sums in memory, [rows, 16]. */
function defineRows(f: FunctionBuilder, rows: number): Subroutine<RowParams> {
  return f.subroutine(`multiply${rows}`, rowParams, (g, p) => {
    const from = [p.row0, p.row1].slice(0, rows);
    const sums = from.map((_, r) => [0, 1, 2, 3].map((v) => g.local(p.sums.load4(16 * r + 4 * v))));
    g.times(p.count, () => {
      const right = [0, 1, 2, 3].map((v) => g.local(p.panel.load4(4 * v)));
      for (const [r, row] of from.entries()) {
        const left = g.local(row.splat());
        for (const [v, sum] of sums[r].entries()) sum.set(g.mulAdd(left, right[v], sum));
      }
      for (const row of from) row.advance(1);
      p.panel.advance(panelColumns);
    });
    for (const [r, row] of sums.entries()) for (const [v, sum] of row.entries()) g.store(p.sums, sum, 16 * r + 4 * v);
  });
}
