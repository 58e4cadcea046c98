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

/** Bytes of scratch memory that `panelProduct` needs. */
export const sumsBytes = 128;

/** Adds the products of one or two rows and a panel to vectors of sums, four a row. */
export type PanelProduct = (
  rows: readonly Pointer[],
  panel: Pointer,
  count: Int,
  sums: readonly F32x4[][],
) => Local<F32x4>[][];

/**
 * Defines the product in functions of their own, so that its sums stay in registers; they travel through the scratch
 * memory.
 */
export function panelProduct(f: FunctionBuilder, scratch: Pointer): PanelProduct {
  const params = { row0: ptr, row1: ptr, panel: ptr, count: i32, sums: ptr } as const;
  const define = (rows: number) =>
    f.subroutine(`multiply${rows}`, params, (g, p) => {
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
  const products = [define(1), define(2)];
  return (rows, panel, count, sums) => {
    for (const [r, row] of sums.entries()) for (const [v, sum] of row.entries()) f.store(scratch, sum, 16 * r + 4 * v);
    f.call(products[rows.length - 1], { row0: rows[0], row1: rows[rows.length - 1], panel, count, sums: scratch });
    return sums.map((row, r) => row.map((_, v) => f.local(scratch.load4(16 * r + 4 * v))));
  };
}
