import { type Expression, expression } from "../../expr/expression.js";
import { identity, mul } from "../../expr/library.js";
import { select } from "../../expr/term.js";
import type { CrossEntropyCall, CrossEntropyGradCall } from "../../kernels/cross-entropy/call.js";
import type { SoftmaxCall, SoftmaxGradCall } from "../../kernels/softmax/call.js";
import type { ArrayView } from "../array-view.js";
import type { Kernel, Scratch } from "../scratch.js";
import { columns, positions } from "./rows.js";

const exponential = expression(({ x, largest }) => x.sub(largest).exp());
const probability = expression(({ x, largest, total }) => x.sub(largest).sub(total.log()).exp());
const logProbability = expression(({ x, largest, total }) => x.sub(largest).sub(total.log()));
const softmaxSlope = expression(({ g, y, total }) => y.mul(g.sub(total)));
const logSoftmaxSlope = expression(({ g, y, total }) => g.sub(y.exp().mul(total)));

/** The largest element along an axis, and the sum of exp(x - largest), with length 1 there. */
function shifted(scratch: Scratch, x: ArrayView, axis: number): { largest: ArrayView; total: ArrayView } {
  const largest = scratch.fold("max", identity, [x], [axis]);
  return { largest, total: scratch.fold("sum", exponential, [x, largest], [axis]) };
}

/** Softmax along an axis. */
export function softmaxAlong(scratch: Scratch, x: ArrayView, axis: number): ArrayView {
  const { largest, total } = shifted(scratch, x, axis);
  return scratch.map(probability, [x, largest, total]);
}

/** Softmax or its logarithm. */
export const softmax: Kernel<SoftmaxCall> = (scratch, { input, output, log }) => {
  const x = scratch.input(input);
  if (!log) return scratch.output(output, softmaxAlong(scratch, x, 1));
  const { largest, total } = shifted(scratch, x, 1);
  return scratch.output(output, scratch.map(logProbability, [x, largest, total]));
};

/** Gradient of softmax or of its logarithm. */
export const softmaxGrad: Kernel<SoftmaxGradCall> = (scratch, { grad, result, output, log }) => {
  const [g, y] = [scratch.input(grad), scratch.input(result)];
  const total = log ? scratch.fold("sum", identity, [g], [1]) : scratch.fold("sum", mul, [g, y], [1]);
  return scratch.output(output, scratch.map(log ? logSoftmaxSlope : softmaxSlope, [g, y, total]));
};

// A row of nothing but -Infinity has no sum; its logarithm is -Infinity, as on the CPU.
const logSum = expression(({ largest, total }) =>
  select(largest.eq(Number.NEGATIVE_INFINITY), largest, largest.add(total.log())),
);
/** What stands at a row's label. */
export const chosen: Expression = expression(({ x, label, position }) => select(position.eq(label), x, 0));
const rowLoss = expression(({ logSumExp, own, label }, { ignored }) =>
  select(label.eq(ignored), 0, logSumExp.sub(own)),
);
const rowSlope = expression(({ g, x, logSumExp, label, position }, { ignored }) =>
  select(label.eq(ignored), 0, g.mul(x.sub(logSumExp).exp().sub(position.eq(label)))),
);

/** Cross-entropy. A label that is no class counts as no element of the row: devices cannot throw. */
export const crossEntropy: Kernel<CrossEntropyCall> = (scratch, call) => {
  const [x, label] = [scratch.input(call.logits), columns(scratch.input(call.labels))];
  const { largest, total } = shifted(scratch, x, 1);
  const logSumExp = scratch.map(logSum, [largest, total]);
  const own = scratch.fold("sum", chosen, [x, label, positions(scratch, x.shape[1])], [1]);
  scratch.output(call.loss, scratch.map(rowLoss, [logSumExp, own, label], [call.ignoreIndex]));
  return scratch.output(call.logSumExp, logSumExp);
};

/** Gradient of cross-entropy. */
export const crossEntropyGrad: Kernel<CrossEntropyGradCall> = (scratch, call) => {
  const x = scratch.input(call.logits);
  const [g, label, logSumExp] = [call.grad, call.labels, call.logSumExp].map((view) => columns(scratch.input(view)));
  const inputs = [g, x, logSumExp, label, positions(scratch, x.shape[1])];
  return scratch.output(call.output, scratch.map(rowSlope, inputs, [call.ignoreIndex]));
};
