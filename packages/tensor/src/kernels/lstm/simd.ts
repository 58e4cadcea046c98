import { addressOf } from "../../cpu/buffer.js";
import { heap } from "../../cpu/heap.js";
import { parallelFor } from "../../cpu/threads.js";
import type { View } from "../../device.js";
import { sizeOf } from "../../shape.js";
import { grainOf } from "../choice.js";
import type { LstmCall, LstmGradCall } from "./call.js";
import { packBackward, packForward, panelColumns } from "./panel.js";
import { backwardStep, forwardStep } from "./steps.js";

/** Runs `fn` with blocks of the heap of so many floats, and frees them. */
function withFloats<T>(sizes: readonly number[], fn: (...addresses: number[]) => T): T {
  const blocks = sizes.map((size) => heap().alloc(4 * size));
  try {
    return fn(...blocks);
  } finally {
    for (const block of blocks) heap().free(block);
  }
}

/** Copies a view, or zeros, to an address. */
function copyTo(address: number, size: number, view: View | undefined): void {
  const { f32 } = heap();
  const from = view && addressOf(view) / 4;
  if (from === undefined) f32.fill(0, address / 4, address / 4 + size);
  else f32.copyWithin(address / 4, from, from + size);
}

/** Multiply-adds that make a block worth handing to a thread. */
const block = 32_768;

/** The number of the step in memory that is the n-th in time. */
function place(n: number, steps: number, reverse: boolean): number {
  return reverse ? steps - 1 - n : n;
}

/** An LSTM over a sequence of contiguous float32: one call of a kernel a step. */
export function simdLstm(call: LstmCall): void {
  const [batch, steps, hidden] = call.output.shape;
  const groups = Math.ceil(hidden / 4);
  withFloats([groups * hidden * panelColumns, batch * hidden], (panels, zeros) => {
    copyTo(zeros, batch * hidden, undefined);
    parallelFor(
      packForward,
      { weight: addressOf(call.weight), panels, hidden },
      groups,
      grainOf(hidden * panelColumns),
    );
    const [gates, output, cell, activations] = [call.gates, call.output, call.cell, call.activations].map(addressOf);
    const stride = steps * hidden;
    for (let n = 0; n < steps; n++) {
      const at = 4 * hidden * place(n, steps, call.reverse);
      const before = 4 * hidden * place(n - 1, steps, call.reverse);
      const args = {
        gates: gates + 4 * at,
        panels,
        beforeH: n > 0 ? output + before : call.initialH ? addressOf(call.initialH) : zeros,
        beforeHStride: n > 0 ? stride : hidden,
        beforeC: n > 0 ? cell + before : call.initialC ? addressOf(call.initialC) : zeros,
        beforeCStride: n > 0 ? stride : hidden,
        output: output + at,
        cell: cell + at,
        activations: activations + 4 * at,
        steps,
        batch,
        hidden,
      };
      parallelFor(forwardStep, args, groups, grainOf(batch * hidden * panelColumns, block));
    }
  });
}

/** Gradients of an LSTM over a sequence of contiguous float32. */
export function simdLstmGrad(call: LstmGradCall): void {
  const [batch, steps, hidden] = call.cell.shape;
  const groups = Math.ceil(hidden / panelColumns);
  const state = batch * hidden;
  withFloats([groups * 4 * hidden * panelColumns, state, state], (panels, zeros, lastGrad) => {
    copyTo(zeros, state, undefined);
    copyTo(addressOf(call.initialCGrad), state, call.lastCGrad);
    parallelFor(
      packBackward,
      { weight: addressOf(call.weight), panels, hidden },
      groups,
      grainOf(4 * hidden * panelColumns),
    );
    if (steps > 0) addLastGrad(call, lastGrad);
    const [outputGrad, cell, activations, gatesGrad] = [
      call.outputGrad,
      call.cell,
      call.activations,
      call.gatesGrad,
    ].map(addressOf);
    const stride = steps * hidden;
    const grain = grainOf(4 * batch * hidden * panelColumns, block);
    const shared = { panels, steps, batch, hidden };
    for (let n = steps - 1; n >= 0; n--) {
      const at = 4 * hidden * place(n, steps, call.reverse);
      const isLast = n === steps - 1;
      const args = {
        ...shared,
        grad: isLast ? lastGrad : outputGrad + at,
        gradStride: isLast ? hidden : stride,
        later: gatesGrad + 16 * hidden * place(n + 1, steps, call.reverse),
        hasLater: isLast ? 0 : 1,
        beforeC:
          n > 0
            ? cell + 4 * hidden * place(n - 1, steps, call.reverse)
            : call.initialC
              ? addressOf(call.initialC)
              : zeros,
        beforeCStride: n > 0 ? stride : hidden,
        cell: cell + at,
        activations: activations + 4 * at,
        gatesGrad: gatesGrad + 4 * at,
        cellGrad: addressOf(call.initialCGrad),
        passOn: 0,
      };
      parallelFor(backwardStep, args, groups, grain);
    }
    if (steps === 0) {
      copyTo(addressOf(call.initialHGrad), state, call.lastHGrad);
      return;
    }
    const later = gatesGrad + 16 * hidden * place(0, steps, call.reverse);
    const unused = { beforeC: zeros, beforeCStride: hidden, cell, activations, gatesGrad };
    const cellGrad = addressOf(call.initialHGrad);
    const args = { ...shared, ...unused, grad: zeros, gradStride: hidden, later, hasLater: 1, cellGrad, passOn: 1 };
    parallelFor(backwardStep, args, groups, grain);
  });
}

/** Writes the gradient of the last step's output: that of the sequence, and that of the last state if there is one. */
function addLastGrad({ outputGrad, lastHGrad, cell, reverse }: LstmGradCall, target: number): void {
  const [batch, steps, hidden] = cell.shape;
  const { f32 } = heap();
  const from = addressOf(outputGrad) / 4 + hidden * place(steps - 1, steps, reverse);
  const last = lastHGrad && addressOf(lastHGrad) / 4;
  for (let i = 0; i < sizeOf([batch, hidden]); i++) {
    const grad = f32[from + Math.floor(i / hidden) * steps * hidden + (i % hidden)];
    f32[target / 4 + i] = last === undefined ? grad : grad + f32[last + i];
  }
}
