import type { View } from "../../device.js";
import { expression } from "../../expr/expression.js";
import { add } from "../../expr/library.js";
import { select } from "../../expr/term.js";
import type { LstmCall, LstmGradCall } from "../../kernels/lstm/call.js";
import { type ArrayView, reshaped } from "../array-view.js";
import type { Kernel, Scratch } from "../scratch.js";
import { product3 } from "./gemm.js";
import { join } from "./join.js";

// Gates are seen as [B, 4, H] in the order input, forget, cell, output; `kind` is their number.

const activation = expression(({ x, recurrent, kind }) => {
  const sum = x.add(recurrent);
  return select(kind.eq(2), sum.tanh(), sum.sigmoid());
});
const nextCell = expression(({ i, f, n, c }) => f.mul(c).add(i.mul(n)));
const nextOutput = expression(({ o, c }) => o.mul(c.tanh()));

const cellSlope = expression(({ dc, dh, o, cell }) => {
  const squashed = cell.tanh();
  return dc.add(dh.mul(o).mul(squashed.mul(squashed).neg().add(1)));
});
/** What a gate is multiplied with: the candidate, the cell before, the input gate, tanh of the cell. */
const partner = expression(({ kind, i, n, before, cell }) =>
  select(kind.eq(0), n, select(kind.eq(1), before, select(kind.eq(2), i, cell.tanh()))),
);
const gateSlope = expression(({ kind, dh, dc, other, a }) => {
  const derivative = select(kind.eq(2), a.mul(a).neg().add(1), a.mul(a.neg().add(1)));
  return select(kind.eq(3), dh, dc).mul(other).mul(derivative);
});
const forgotten = expression(({ dc, f }) => dc.mul(f));

/** Step `step` of a sequence [B, T, width] as [B, parts, width / parts]. */
function stepOf({ array, shape: [batch, steps, width], offset }: ArrayView, step: number, parts: number): ArrayView {
  const length = width / parts;
  return { array, shape: [batch, parts, length], strides: [steps * width, length, 1], offset: offset + step * width };
}

/** One gate of [B, 4, H] as [B, 1, H]. */
function gateOf({ array, shape, strides, offset }: ArrayView, gate: number): ArrayView {
  return { array, shape: [shape[0], 1, shape[2]], strides, offset: offset + gate * strides[1] };
}

function stateOf(scratch: Scratch, view: View | undefined, batch: number, size: number): ArrayView {
  const shape = [batch, 1, size];
  return view === undefined
    ? scratch.host(new Float32Array(batch * size), shape)
    : reshaped(scratch.input(view), shape);
}

const kinds = (scratch: Scratch): ArrayView => scratch.host(Float32Array.of(0, 1, 2, 3), [1, 4, 1]);

/** An LSTM over a sequence, a few kernels a step. */
export const lstm: Kernel<LstmCall> = (scratch, call) => {
  const [batch, steps, size] = call.output.shape;
  if (steps === 0) return true;
  const [gates, weight] = [scratch.input(call.gates), scratch.input(call.weight)];
  const turned = { ...weight, shape: [1, size, 4 * size], strides: [0, 1, size] };
  const kind = kinds(scratch);
  let [h, c] = [call.initialH, call.initialC].map((view) => stateOf(scratch, view, batch, size));
  const made: { h: ArrayView; c: ArrayView; a: ArrayView }[] = new Array(steps);
  for (let i = 0; i < steps; i++) {
    const step = call.reverse ? steps - 1 - i : i;
    const recurrent = scratch.own(product3(scratch.arrays, reshaped(h, [1, batch, size]), turned));
    const a = scratch.map(activation, [stepOf(gates, step, 4), reshaped(recurrent, [batch, 4, size]), kind]);
    c = scratch.map(nextCell, [gateOf(a, 0), gateOf(a, 1), gateOf(a, 2), c]);
    h = scratch.map(nextOutput, [gateOf(a, 3), c]);
    made[step] = { h, c, a: reshaped(a, [batch, 1, 4 * size]) };
  }
  scratch.output(
    call.output,
    join(
      scratch,
      made.map((step) => step.h),
    ),
  );
  scratch.output(
    call.cell,
    join(
      scratch,
      made.map((step) => step.c),
    ),
  );
  return scratch.output(
    call.activations,
    join(
      scratch,
      made.map((step) => step.a),
    ),
  );
};

/** Gradients of an LSTM, walking back in time. */
export const lstmGrad: Kernel<LstmGradCall> = (scratch, call) => {
  const [batch, steps, size] = call.cell.shape;
  const [g, cells, activations, weight] = [call.outputGrad, call.cell, call.activations, call.weight].map((view) =>
    scratch.input(view),
  );
  const matrix = reshaped(weight, [1, 4 * size, size]);
  const kind = kinds(scratch);
  const first = stateOf(scratch, call.initialC, batch, size);
  let [dh, dc] = [call.lastHGrad, call.lastCGrad].map((view) => stateOf(scratch, view, batch, size));
  const made: ArrayView[] = new Array(steps);
  for (let i = steps - 1; i >= 0; i--) {
    const step = call.reverse ? steps - 1 - i : i;
    const before = i > 0 ? stepOf(cells, step + (call.reverse ? 1 : -1), 1) : first;
    const [a, cell] = [stepOf(activations, step, 4), stepOf(cells, step, 1)];
    const gradH = scratch.map(add, [dh, stepOf(g, step, 1)]);
    const gradC = scratch.map(cellSlope, [dc, gradH, gateOf(a, 3), cell]);
    const other = scratch.map(partner, [kind, gateOf(a, 0), gateOf(a, 2), before, cell]);
    const slopes = scratch.map(gateSlope, [kind, gradH, gradC, other, a]);
    dc = scratch.map(forgotten, [gradC, gateOf(a, 1)]);
    dh = scratch.own(product3(scratch.arrays, reshaped(slopes, [1, batch, 4 * size]), matrix));
    dh = reshaped(dh, [batch, 1, size]);
    made[step] = reshaped(slopes, [batch, 1, 4 * size]);
  }
  if (steps > 0) scratch.output(call.gatesGrad, join(scratch, made));
  if (call.initialHGrad) scratch.output(call.initialHGrad, dh);
  return scratch.output(call.initialCGrad, dc);
};
