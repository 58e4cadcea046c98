import { contiguousElements } from "../../cpu/buffer.js";
import { plainLogSumExp } from "../softmax/plain.js";
import { alignments, type Emissions, forwardVariables, occupancies } from "./alignment.js";
import type { CtcCall, CtcGradCall } from "./call.js";

/** The loss of every sample once `logSumExp` is written. @throws RangeError for a length or label out of range */
export function ctcLosses({ logits, labels, lengths, blank, loss, logSumExp, alpha }: CtcCall): void {
  const [x, losses, totals, variables] = [logits, loss, logSumExp, alpha].map(contiguousElements);
  const [, steps, classes] = logits.shape;
  const stride = alpha.shape[2];
  for (const [b, { states, feasible }] of alignments(labels, lengths, blank, steps, classes).entries()) {
    const from: Emissions = { logits: x, logSumExp: totals, row: b * steps, steps, classes };
    losses[b] = feasible ? -forwardVariables(states, from, variables, b * steps * stride, stride) : 0;
  }
}

/** Subtracts the occupancies from `output`, which holds grad times softmax; samples that do not fit get zeros. */
export function ctcSubtractOccupancies(call: CtcGradCall): void {
  const { grad, logits, labels, lengths, blank, logSumExp, alpha, output } = call;
  const [g, x, totals, variables, result] = [grad, logits, logSumExp, alpha, output].map(contiguousElements);
  const [, steps, classes] = logits.shape;
  const stride = alpha.shape[2];
  for (const [b, { states, feasible }] of alignments(labels, lengths, blank, steps, classes).entries()) {
    const first = b * steps * classes;
    if (!feasible) {
      result.fill(0, first, first + steps * classes);
      continue;
    }
    const from: Emissions = { logits: x, logSumExp: totals, row: b * steps, steps, classes };
    occupancies(states, from, variables, b * steps * stride, stride, (step, s, probability) => {
      result[first + step * classes + states[s]] -= g[b] * probability;
    });
  }
}

/** CTC losses of a batch. @throws RangeError for a length or label out of range */
export function plainCtc(call: CtcCall): void {
  const [x, totals] = [call.logits, call.logSumExp].map(contiguousElements);
  const classes = call.logits.shape[2];
  for (let row = 0; row < totals.length; row++) totals[row] = plainLogSumExp(x, row * classes, classes);
  ctcLosses(call);
}

/** Gradient of the logits of a batch. */
export function plainCtcGrad(call: CtcGradCall): void {
  const [g, x, totals, result] = [call.grad, call.logits, call.logSumExp, call.output].map(contiguousElements);
  const [, steps, classes] = call.logits.shape;
  for (let row = 0; row < totals.length; row++) {
    const factor = g[Math.floor(row / steps)];
    for (let i = row * classes; i < (row + 1) * classes; i++) result[i] = factor * Math.exp(x[i] - totals[row]);
  }
  ctcSubtractOccupancies(call);
}
