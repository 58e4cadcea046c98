import { sigmoid4, tanh4 } from "../../expr/vector-math.js";
import { type FunctionBuilder, f32x4, type Int, i32, type Kernel, kernel, type Local, ptr } from "../../wasm/index.js";
import { loadUpTo, storeUpTo } from "../lanes.js";
import { panelColumns, panelProduct, sumsBytes } from "./panel.js";

// One step of time for all samples. Pointers are those of the first sample at that step; strides, in elements, lead from
// a sample to the next.

/** Visits the samples in pairs, which share what is read of a panel, and then a last single one. */
function forPairs(f: FunctionBuilder, batch: Int, visit: (samples: readonly Int[]) => void): void {
  const b = f.local(i32.of(0));
  f.while(b.add(2).le(batch), () => {
    visit([b, f.local(b.add(1))]);
    b.advance(2);
  });
  f.if(b.lt(batch), () => visit([b]));
}

/** A step forward for groups of four hidden units. */
export const forwardStep: Kernel = kernel(
  "lstmStep",
  {
    gates: ptr,
    panels: ptr,
    beforeH: ptr,
    beforeHStride: i32,
    beforeC: ptr,
    beforeCStride: i32,
    output: ptr,
    cell: ptr,
    activations: ptr,
    steps: i32,
    batch: i32,
    hidden: i32,
  },
  (f, p, { start, end, scratch }) => {
    const { hidden, steps } = p;
    const product = panelProduct(f, scratch);
    f.forRange(start, end, (g) => {
      const panel = f.local(p.panels.at(g.mul(hidden).mul(panelColumns)));
      const unit = f.local(g.mul(4));
      const left = f.local(hidden.sub(unit));
      forPairs(f, p.batch, (samples) => {
        const rows = samples.map((b) => f.local(b.mul(steps).mul(hidden)));
        const gateAt = (row: Int, gate: number): Local<Int> => f.local(row.mul(4).add(hidden.mul(gate)).add(unit));
        const gates = rows.map((row) => [0, 1, 2, 3].map((gate) => gateAt(row, gate)));
        const given = gates.map((four) => four.map((at) => loadUpTo(f, p.gates.at(at), left)));
        const rowsBefore = samples.map((b) => p.beforeH.at(b.mul(p.beforeHStride)));
        const sums = product(rowsBefore, panel, hidden, given);
        for (const [s, b] of samples.entries()) {
          const [input, forget, candidate, out] = sums[s].map((sum, gate) =>
            gate === 2 ? tanh4(f, sum) : sigmoid4(f, sum),
          );
          const before = loadUpTo(f, p.beforeC.at(b.mul(p.beforeCStride).add(unit)), left);
          const cell = f.local(f.mulAdd(forget, before, input.mul(candidate)));
          for (const [gate, value] of [input, forget, candidate, out].entries()) {
            storeUpTo(f, p.activations.at(gates[s][gate]), value, left);
          }
          storeUpTo(f, p.cell.at(rows[s].add(unit)), cell, left);
          storeUpTo(f, p.output.at(rows[s].add(unit)), out.mul(tanh4(f, cell)), left);
        }
      });
    });
  },
  { scratchBytes: sumsBytes },
);

/**
 * A step backward for groups of 16 hidden units. `grad` is the gradient of the output; with `later` that of the gates of
 * the step after it, which passes through the weight, is added. `cellGrad` [B, H] is read and written.
 */
export const backwardStep: Kernel = kernel(
  "lstmStepGrad",
  {
    grad: ptr,
    gradStride: i32,
    panels: ptr,
    later: ptr,
    hasLater: i32,
    beforeC: ptr,
    beforeCStride: i32,
    cell: ptr,
    activations: ptr,
    gatesGrad: ptr,
    cellGrad: ptr,
    steps: i32,
    batch: i32,
    hidden: i32,
    /** 1: only write the gradient of the output to `cellGrad`. */
    passOn: i32,
  },
  (f, p, { start, end, scratch }) => {
    const { hidden, steps } = p;
    const product = panelProduct(f, scratch);
    const one = f32x4.splat(1);
    f.forRange(start, end, (g) => {
      const first = f.local(g.mul(panelColumns));
      const panel = f.local(p.panels.at(first.mul(hidden).mul(4)));
      forPairs(f, p.batch, (samples) => {
        const rows = samples.map((b) => f.local(b.mul(steps).mul(hidden)));
        const units = [0, 1, 2, 3].map((v) => {
          const unit = f.local(first.add(4 * v));
          return { unit, left: f.local(hidden.sub(unit)) };
        });
        const sums = samples.map((b) =>
          units.map(({ unit, left }) => loadUpTo(f, p.grad.at(b.mul(p.gradStride).add(unit)), left)),
        );
        f.if(p.hasLater, () => {
          const from = rows.map((row) => p.later.at(row.mul(4)));
          for (const [r, row] of product(from, panel, hidden.mul(4), sums).entries()) {
            for (const [v, sum] of row.entries()) sums[r][v].set(sum);
          }
        });
        for (const [s, b] of samples.entries()) {
          for (const [v, { unit, left }] of units.entries()) {
            const grad = sums[s][v];
            const cellGrad = f.local(p.cellGrad.at(b.mul(hidden).add(unit)));
            f.if(
              p.passOn,
              () => storeUpTo(f, cellGrad, grad, left),
              () => {
                const gates = [0, 1, 2, 3].map((gate) => f.local(rows[s].mul(4).add(hidden.mul(gate)).add(unit)));
                const [i, k, n, o] = gates.map((at) => loadUpTo(f, p.activations.at(at), left));
                const before = loadUpTo(f, p.beforeC.at(b.mul(p.beforeCStride).add(unit)), left);
                const squashed = tanh4(f, loadUpTo(f, p.cell.at(rows[s].add(unit)), left));
                const slope = f.local(one.sub(squashed.mul(squashed)));
                const inner = f.local(f.mulAdd(grad.mul(o), slope, loadUpTo(f, cellGrad, left)));
                const results = [
                  inner.mul(n).mul(i).mul(one.sub(i)),
                  inner.mul(before).mul(k).mul(one.sub(k)),
                  inner.mul(i).mul(one.sub(n.mul(n))),
                  grad.mul(squashed).mul(o).mul(one.sub(o)),
                ];
                for (const [gate, value] of results.entries()) storeUpTo(f, p.gatesGrad.at(gates[gate]), value, left);
                storeUpTo(f, cellGrad, inner.mul(k), left);
              },
            );
          }
        }
      });
    });
  },
  { scratchBytes: sumsBytes },
);
