import { commonDevice } from "../devices.js";
import type { DType } from "../dtype.js";
import { scope } from "../memory.js";
import { Tensor } from "../tensor.js";
import { allInt32, needShape, needShapes, oneFloatingDtype } from "./check.js";
import { contiguous } from "./copy.js";

function check(operation: string, logits: Tensor, labels: Tensor, perRow: Readonly<Record<string, Tensor>>): DType {
  const dtype = oneFloatingDtype(operation, { logits, ...perRow });
  allInt32(operation, { labels });
  needShapes(operation, logits.rank === 2 && logits.shape[1] > 0, "logits [rows, classes]", { logits });
  needShape(operation, [logits.shape[0]], { labels, ...perRow });
  return dtype;
}

/**
 * Cross-entropy of logits [R, C] with int32 labels [R], softmax inside: loss [R] is 0 where the label is
 * `ignoreIndex`. `logSumExp` [R] is what the gradient needs.
 * @throws ShapeError @throws DTypeError @throws RangeError (on the CPU) for a label that is no class and not ignored
 */
export function crossEntropyRows(
  logits: Tensor,
  labels: Tensor,
  ignoreIndex: number,
): { loss: Tensor; logSumExp: Tensor } {
  const dtype = check("crossEntropyRows", logits, labels, {});
  const device = commonDevice([logits, labels]);
  return scope(() => {
    const [loss, logSumExp] = [labels.shape, labels.shape].map((shape) => Tensor.allocate(device, dtype, shape));
    device.run("crossEntropy", {
      logits: contiguous(logits),
      labels: contiguous(labels),
      ignoreIndex,
      loss,
      logSumExp,
    });
    return { loss, logSumExp };
  });
}

/**
 * The gradient of the logits of `crossEntropyRows`, [R, C], from grad [R] and the saved `logSumExp` [R].
 * @throws ShapeError @throws DTypeError @throws RangeError (on the CPU) for a label that is no class and not ignored
 */
export function crossEntropyRowsGrad(
  grad: Tensor,
  logits: Tensor,
  labels: Tensor,
  logSumExp: Tensor,
  ignoreIndex: number,
): Tensor {
  const dtype = check("crossEntropyRowsGrad", logits, labels, { grad, logSumExp });
  const device = commonDevice([grad, logits, labels, logSumExp]);
  return scope(() => {
    const output = Tensor.allocate(device, dtype, logits.shape);
    device.run("crossEntropyGrad", {
      grad: contiguous(grad),
      logits: contiguous(logits),
      labels: contiguous(labels),
      logSumExp: contiguous(logSumExp),
      ignoreIndex,
      output,
    });
    return output;
  });
}
