import { commonDevice } from "../devices.js";
import type { DType } from "../dtype.js";
import { DTypeError, ShapeError } from "../errors.js";
import { scope } from "../memory.js";
import { Tensor } from "../tensor.js";
import { allInt32, needShape, needShapes, oneFloatingDtype } from "./check.js";
import { contiguous } from "./copy.js";

/** What `ctcLoss` gives; the gradient needs `logSumExp` and `alpha`. */
export interface CtcResult {
  /** [B] */
  readonly loss: Tensor;
  /** [B, T] */
  readonly logSumExp: Tensor;
  /** [B, T, 2L + 1], float64. */
  readonly alpha: Tensor;
}

function check(operation: string, logits: Tensor, labels: Tensor, lengths: Tensor, blank: number): DType {
  const dtype = oneFloatingDtype(operation, { logits });
  allInt32(operation, { labels, lengths });
  const fits = logits.rank === 3 && labels.rank === 2 && labels.shape[0] === logits.shape[0];
  needShapes(operation, fits, "logits [B, T, C] and labels [B, L]", { logits, labels });
  needShape(operation, [logits.shape[0]], { lengths });
  if (!Number.isInteger(blank) || blank < 0 || blank >= logits.shape[2]) {
    throw new ShapeError(`${operation} needs a blank within the ${logits.shape[2]} classes, found ${blank}`);
  }
  return dtype;
}

/**
 * Connectionist temporal classification (Graves et al., 2006) of logits [B, T, C] (softmax inside), int32 labels [B, L]
 * of which the first lengths[b] count: the negative log-probability of the labels, [B]. A sample whose labels do not fit
 * into T steps has loss 0 and no gradient, as in the reference.
 * @throws ShapeError @throws DTypeError @throws RangeError (on the CPU) for a label or length out of range
 */
export function ctcLoss(logits: Tensor, labels: Tensor, lengths: Tensor, blank: number): CtcResult {
  const dtype = check("ctcLoss", logits, labels, lengths, blank);
  const [batch, steps] = logits.shape;
  const device = commonDevice([logits, labels, lengths]);
  return scope(() => {
    const loss = Tensor.allocate(device, dtype, [batch]);
    const logSumExp = Tensor.allocate(device, dtype, [batch, steps]);
    const alpha = Tensor.allocate(device, "float64", [batch, steps, 2 * labels.shape[1] + 1]);
    const input = { logits: contiguous(logits), labels: contiguous(labels), lengths: contiguous(lengths), blank };
    device.run("ctc", { loss, logSumExp, alpha, ...input });
    return { loss, logSumExp, alpha };
  });
}

/**
 * The gradient of the logits of `ctcLoss`, [B, T, C], from grad [B] and what `ctcLoss` saved.
 * @throws ShapeError @throws DTypeError @throws RangeError (on the CPU) for a label or length out of range
 */
export function ctcLossGrad(
  grad: Tensor,
  logits: Tensor,
  labels: Tensor,
  lengths: Tensor,
  blank: number,
  saved: Pick<CtcResult, "logSumExp" | "alpha">,
): Tensor {
  const { logSumExp, alpha } = saved;
  check("ctcLossGrad", logits, labels, lengths, blank);
  const dtype = oneFloatingDtype("ctcLossGrad", { logits, grad, logSumExp });
  const [batch, steps] = logits.shape;
  needShape("ctcLossGrad", [batch], { grad });
  needShape("ctcLossGrad", [batch, steps], { logSumExp });
  needShape("ctcLossGrad", [batch, steps, 2 * labels.shape[1] + 1], { alpha });
  if (alpha.dtype !== "float64") throw new DTypeError(`ctcLossGrad needs alpha in float64, found ${alpha.dtype}`);
  const device = commonDevice([grad, logits, labels, lengths, logSumExp, alpha]);
  return scope(() => {
    const output = Tensor.allocate(device, dtype, logits.shape);
    device.run("ctcGrad", {
      grad: contiguous(grad),
      logits: contiguous(logits),
      labels: contiguous(labels),
      lengths: contiguous(lengths),
      blank,
      logSumExp: contiguous(logSumExp),
      alpha: contiguous(alpha),
      output,
    });
    return output;
  });
}
