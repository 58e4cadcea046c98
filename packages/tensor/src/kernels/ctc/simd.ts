import { addressOf, contiguousElements } from "../../cpu/buffer.js";
import { heap } from "../../cpu/heap.js";
import { parallelFor } from "../../cpu/threads.js";
import { grainOf } from "../choice.js";
import { logSumExpRows, scaledSoftmaxRows } from "../softmax/rows.js";
import type { CtcCall, CtcGradCall } from "./call.js";
import { ctcLosses, ctcSubtractOccupancies } from "./plain.js";

// Nearly all the work is the softmax over the classes; the recursions over the states are few and stay in float64.

/** CTC losses of contiguous float32. @throws RangeError for a length or label out of range */
export function simdCtc(call: CtcCall): void {
  const [batch, steps, n] = call.logits.shape;
  const args = { input: addressOf(call.logits), output: addressOf(call.logSumExp), n };
  parallelFor(logSumExpRows, args, batch * steps, grainOf(n));
  ctcLosses(call);
}

/** Gradient of CTC losses of contiguous float32. */
export function simdCtcGrad(call: CtcGradCall): void {
  const { logits, logSumExp, output } = call;
  const [batch, steps, n] = logits.shape;
  const factors = heap().alloc(4 * batch * steps);
  const g = contiguousElements(call.grad);
  for (let b = 0; b < batch; b++) heap().f32.fill(g[b], factors / 4 + b * steps, factors / 4 + (b + 1) * steps);
  const addresses = { input: addressOf(logits), output: addressOf(output), logSumExp: addressOf(logSumExp), factors };
  parallelFor(scaledSoftmaxRows, { n, ...addresses }, batch * steps, grainOf(n));
  heap().free(factors);
  ctcSubtractOccupancies(call);
}
