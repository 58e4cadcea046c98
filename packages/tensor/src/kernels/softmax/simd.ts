import { addressOf } from "../../cpu/buffer.js";
import { parallelFor } from "../../cpu/threads.js";
import { grainOf } from "../choice.js";
import type { SoftmaxCall, SoftmaxGradCall } from "./call.js";
import { logSoftmaxGradRows, logSoftmaxRows, softmaxGradRows, softmaxRows } from "./rows.js";

/** Softmax or log-softmax of contiguous float32 rows. */
export function simdSoftmax({ input, output, log }: SoftmaxCall): void {
  const [rows, n] = input.shape;
  const args = { input: addressOf(input), output: addressOf(output), n };
  if (n > 0) parallelFor(log ? logSoftmaxRows : softmaxRows, args, rows, grainOf(n));
}

/** Gradient of softmax or log-softmax of contiguous float32 rows. */
export function simdSoftmaxGrad({ grad, result, output, log }: SoftmaxGradCall): void {
  const [rows, n] = grad.shape;
  const args = { grad: addressOf(grad), result: addressOf(result), output: addressOf(output), n };
  if (n > 0) parallelFor(log ? logSoftmaxGradRows : softmaxGradRows, args, rows, grainOf(n));
}
