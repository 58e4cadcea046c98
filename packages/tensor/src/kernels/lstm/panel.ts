import { i32, type Kernel, kernel, ptr } from "../../wasm/index.js";
import { definePack } from "../gemm/pack.js";
import { loadUpTo } from "../lanes.js";

// The recurrent weight is packed once a sequence into panels, so that a step reads it in order. A forward panel holds the
// four gates of eight hidden units, a backward panel 16 hidden units: in both, neighbours are units side by side in memory.

/** A panel consists of strips of so many columns, one behind the other. */
export const stripColumns = 16;
/** Hidden units of a forward panel, and its columns. */
export const forwardUnits = 8;
export const forwardColumns = 32;
/** Columns of a backward panel, each of a hidden unit. */
export const backwardColumns = 16;

/** panels[g, gate / 2, k, 8 (gate mod 2) + u] = weight[gate, 8g + u, k]; units behind the last one are 0. One unit of work is one g. */
export const packForward: Kernel = kernel(
  "lstmPackForward",
  { weight: ptr, panels: ptr, hidden: i32 },
  (f, p, { start, end }) => {
    const { weight, panels, hidden } = p;
    const pack = definePack(f, forwardUnits, stripColumns);
    f.forRange(start, end, (g) => {
      const panel = f.local(panels.at(g.mul(hidden).mul(forwardColumns)));
      const unit = f.local(g.mul(forwardUnits));
      const left = f.local(hidden.sub(unit));
      for (let gate = 0; gate < 4; gate++) {
        f.call(pack, {
          source: weight.at(hidden.mul(gate).add(unit).mul(hidden)),
          laneBytes: hidden.shl(2),
          stepBytes: 4,
          steps: hidden,
          target: panel.at(hidden.mul((gate >> 1) * stripColumns)).at((gate & 1) * forwardUnits),
          lanes: left.min(forwardUnits),
        });
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
      const first = f.local(g.mul(backwardColumns));
      const to = f.local(panels.at(first.mul(hidden).mul(4)));
      const from = f.local(weight.at(first));
      f.times(hidden.mul(4), () => {
        for (let v = 0; v < 4; v++) f.store(to, loadUpTo(f, from.at(4 * v), hidden.sub(first).sub(4 * v)), 4 * v);
        from.advance(hidden);
        to.advance(backwardColumns);
      });
    });
  },
);
