import { addressOf } from "../../cpu/buffer.js";
import { heap } from "../../cpu/heap.js";
import { kernelSet } from "../../cpu/kernel-set.js";
import { parallelFor } from "../../cpu/threads.js";
import { withFloats } from "../../cpu/with-floats.js";
import type { View } from "../../device.js";
import { sizeOf } from "../../shape.js";
import type { Kernel } from "../../wasm/index.js";
import { grainOf } from "../choice.js";
import { packLeft } from "../gemm/pack-left.js";
import { tileRows } from "../gemm/tile.js";
import type { LstmCall, LstmGradCall } from "./call.js";
import { backwardColumns, forwardColumns, forwardUnits, packBackward, packForward } from "./panel.js";
import { backwardSteps, forwardSteps } from "./steps.js";

/** Copies a view, or zeros, to an address. */
function copyTo(address: number, size: number, view: View | undefined): void {
  const { f32 } = heap();
  const from = view && addressOf(view) / 4;
  if (from === undefined) f32.fill(0, address / 4, address / 4 + size);
  else f32.copyWithin(address / 4, from, from + size);
}

/** Up to this many hidden units the packed weight stays in the second-level cache of a core, beside the samples' state. */
const SMALL_HIDDEN = 160;
/** Samples of a block that walks through the whole sequence. */
const BLOCK_SAMPLES = 4;
/** Blocks of a single step, where it has so many groups of units. Few: what neighbours write lies in one cache line. */
const STEP_BLOCKS = 8;
/** Multiply-adds that make a block of a single step worth handing to a thread. */
const BLOCK_WORK = 32_768;

/** How the samples' state is packed: panels of so many samples, and the floats of a panel of `count` values a sample. */
function packingOf(
  batch: number,
  hidden: number,
  count: number,
): Record<"panelSamples" | "panels" | "panelFloats", number> {
  const width = tileRows(kernelSet() === "fma");
  const panelSamples = hidden <= SMALL_HIDDEN ? BLOCK_SAMPLES : width;
  return { panelSamples, panels: Math.ceil(batch / panelSamples), panelFloats: width * count };
}

/**
 * Runs the steps of a kernel. A small layer is split by samples, each block taking all steps, so that threads meet once a
 * sequence; a large one is split by hidden units and meets after every step, so that each thread reads its own share of
 * the weight.
 */
function runSteps(
  steps: Kernel,
  args: { readonly batch: number; readonly hidden: number; readonly groups: number; readonly [name: string]: number },
  count: number,
): void {
  const { batch, hidden, groups } = args;
  if (hidden <= SMALL_HIDDEN) {
    const all = { from: 0, to: count, blockSamples: BLOCK_SAMPLES, blockGroups: groups, ...args };
    parallelFor(steps, all, Math.ceil(batch / BLOCK_SAMPLES), 1);
    return;
  }
  const grain = Math.max(grainOf((batch * hidden * 4 * hidden) / groups, BLOCK_WORK), Math.ceil(groups / STEP_BLOCKS));
  for (let n = 0; n < count; n++) {
    parallelFor(steps, { from: n, to: n + 1, blockSamples: batch, blockGroups: 1, ...args }, groups, grain);
  }
}

/** An LSTM over a sequence of contiguous float32. */
export function simdLstm(call: LstmCall): void {
  const [batch, steps, hidden] = call.output.shape;
  const groups = Math.ceil(hidden / forwardUnits);
  const { panelSamples, panels: count, panelFloats } = packingOf(batch, hidden, hidden);
  const sizes = [groups * hidden * forwardColumns, batch * hidden, count * panelFloats, count * panelFloats];
  withFloats(sizes, (panels, zeros, packed0, packed1) => {
    copyTo(zeros, batch * hidden, undefined);
    const packing = { weight: addressOf(call.weight), panels, hidden };
    parallelFor(packForward, packing, groups, grainOf(hidden * forwardColumns));
    if (call.initialH) {
      const once = { batch: 0, outer: 1, outerStride: 0, inner: 1, innerStride: 0 };
      const rows = { ...once, address: addressOf(call.initialH), row: hidden, step: 1, k: hidden };
      const place = { panels: count, panelBytes: 4 * panelFloats, packed: packed0, count };
      packLeft(rows, { ...place, m: batch, height: panelSamples });
    }
    const [gates, output, cell, activations] = [call.gates, call.output, call.cell, call.activations].map(addressOf);
    const started = Number(call.initialH !== undefined);
    const initialC = call.initialC ? addressOf(call.initialC) : zeros;
    const tensors = { panels, packed0, packed1, panelSamples, gates, output, cell, activations, started, initialC };
    runSteps(forwardSteps, { steps, batch, hidden, groups, reverse: Number(call.reverse), ...tensors }, steps);
  });
}

/** Gradients of an LSTM over a sequence of contiguous float32. */
export function simdLstmGrad(call: LstmGradCall): void {
  const [batch, steps, hidden] = call.cell.shape;
  const groups = Math.ceil(hidden / backwardColumns);
  const state = batch * hidden;
  const initialHGrad = call.initialHGrad && addressOf(call.initialHGrad);
  const initialCGrad = addressOf(call.initialCGrad);
  copyTo(initialCGrad, state, call.lastCGrad);
  if (steps === 0) {
    if (initialHGrad !== undefined) copyTo(initialHGrad, state, call.lastHGrad);
    return;
  }
  const { panelSamples, panels: count, panelFloats } = packingOf(batch, hidden, 4 * hidden);
  const packedFloats = count * panelFloats;
  const sizes = [groups * 4 * hidden * backwardColumns, state, state, packedFloats, packedFloats];
  withFloats(sizes, (panels, zeros, lastGrad, packed0, packed1) => {
    copyTo(zeros, state, undefined);
    const packing = { weight: addressOf(call.weight), panels, hidden };
    parallelFor(packBackward, packing, groups, grainOf(4 * hidden * backwardColumns));
    addLastGrad(call, lastGrad);
    const { outputGrad, cell, activations, gatesGrad } = call;
    const tensors = {
      panels,
      packed0,
      packed1,
      panelSamples,
      zeros,
      lastGrad,
      outputGrad: addressOf(outputGrad),
      cell: addressOf(cell),
      initialC: call.initialC ? addressOf(call.initialC) : zeros,
      activations: addressOf(activations),
      gatesGrad: addressOf(gatesGrad),
      initialHGrad: initialHGrad ?? 0,
      initialCGrad,
    };
    const walked = initialHGrad === undefined ? steps : steps + 1;
    runSteps(backwardSteps, { steps, batch, hidden, groups, reverse: Number(call.reverse), ...tensors }, walked);
  });
}

/** Writes the gradient of the last step's output: that of the sequence, and that of the last state if there is one. */
function addLastGrad({ outputGrad, lastHGrad, cell, reverse }: LstmGradCall, target: number): void {
  const [batch, steps, hidden] = cell.shape;
  const { f32 } = heap();
  const from = addressOf(outputGrad) / 4 + hidden * (reverse ? 0 : steps - 1);
  const last = lastHGrad && addressOf(lastHGrad) / 4;
  for (let i = 0; i < sizeOf([batch, hidden]); i++) {
    const grad = f32[from + Math.floor(i / hidden) * steps * hidden + (i % hidden)];
    f32[target / 4 + i] = last === undefined ? grad : grad + f32[last + i];
  }
}
