import { addressOf, contiguousElements } from "../../cpu/buffer.js";
import { heap } from "../../cpu/heap.js";
import { parallelFor } from "../../cpu/threads.js";
import { grainOf } from "../choice.js";
import { logSumExpRows, scaledSoftmaxRows } from "../softmax/rows.js";
import type { CrossEntropyCall, CrossEntropyGradCall } from "./call.js";
import { checkLabels } from "./plain.js";

/** Cross-entropy of contiguous float32 rows. @throws RangeError for a label that is no class and not ignored */
export function simdCrossEntropy({ logits, labels, ignoreIndex, loss, logSumExp }: CrossEntropyCall): void {
  const [rows, classes] = logits.shape;
  const [x, classOf, losses, totals] = [logits, labels, loss, logSumExp].map(contiguousElements);
  checkLabels(classOf, classes, ignoreIndex);
  const args = { input: addressOf(logits), output: addressOf(logSumExp), n: classes };
  parallelFor(logSumExpRows, args, rows, grainOf(classes));
  for (let row = 0; row < rows; row++) {
    losses[row] = classOf[row] === ignoreIndex ? 0 : totals[row] - x[row * classes + classOf[row]];
  }
}

/** Gradient of cross-entropy of contiguous float32 rows. @throws RangeError as the forward pass */
export function simdCrossEntropyGrad(call: CrossEntropyGradCall): void {
  const { grad, logits, labels, logSumExp, ignoreIndex, output } = call;
  const [rows, classes] = logits.shape;
  const classOf = contiguousElements(labels);
  checkLabels(classOf, classes, ignoreIndex);
  const factors = heap().alloc(4 * rows);
  const [g, result] = [grad, output].map(contiguousElements);
  for (let row = 0; row < rows; row++) heap().f32[factors / 4 + row] = classOf[row] === ignoreIndex ? 0 : g[row];
  const addresses = { input: addressOf(logits), output: addressOf(output), logSumExp: addressOf(logSumExp), factors };
  parallelFor(scaledSoftmaxRows, { n: classes, ...addresses }, rows, grainOf(classes));
  heap().free(factors);
  for (let row = 0; row < rows; row++) if (classOf[row] !== ignoreIndex) result[row * classes + classOf[row]] -= g[row];
}
