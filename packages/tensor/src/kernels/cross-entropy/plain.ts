import { contiguousElements } from "../../cpu/buffer.js";
import type { TypedArray } from "../../dtype.js";
import { plainLogSumExp } from "../softmax/plain.js";
import type { CrossEntropyCall, CrossEntropyGradCall } from "./call.js";

/** @throws RangeError naming the label, its row and the number of classes */
export function checkLabels(labels: TypedArray, classes: number, ignoreIndex: number): void {
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row];
    if (label !== ignoreIndex && (label < 0 || label >= classes)) {
      throw new RangeError(`label ${label} of row ${row} is not within 0 to ${classes - 1}`);
    }
  }
}

/** Cross-entropy of rows. @throws RangeError for a label that is no class and not ignored */
export function plainCrossEntropy({ logits, labels, ignoreIndex, loss, logSumExp }: CrossEntropyCall): void {
  const [x, classOf, losses, totals] = [logits, labels, loss, logSumExp].map(contiguousElements);
  const [rows, classes] = logits.shape;
  checkLabels(classOf, classes, ignoreIndex);
  for (let row = 0; row < rows; row++) {
    const total = plainLogSumExp(x, row * classes, classes);
    totals[row] = total;
    losses[row] = classOf[row] === ignoreIndex ? 0 : total - x[row * classes + classOf[row]];
  }
}

/** Gradient of cross-entropy. */
export function plainCrossEntropyGrad(call: CrossEntropyGradCall): void {
  const { grad, logits, labels, logSumExp, ignoreIndex, output } = call;
  const [g, x, classOf, totals, result] = [grad, logits, labels, logSumExp, output].map(contiguousElements);
  const [rows, classes] = logits.shape;
  checkLabels(classOf, classes, ignoreIndex);
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    if (classOf[row] === ignoreIndex) {
      result.fill(0, start, start + classes);
      continue;
    }
    for (let i = start; i < start + classes; i++) result[i] = g[row] * Math.exp(x[i] - totals[row]);
    const own = start + classOf[row];
    result[own] = g[row] * (Math.exp(x[own] - totals[row]) - 1);
  }
}
