import { i32, type Kernel, kernel, ptr } from "../../wasm/index.js";
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
