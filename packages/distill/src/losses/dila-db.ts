import { add, mul, type SumOverParts, type Variable } from "@retort/autograd";
import { type BalancedLossOptions, balancedLoss, dbMap, diceLoss } from "@retort/ocr-models";
import * as T from "@retort/tensor";

// Probabilities are float32, so the threshold is compared as one.
const threshold = Math.fround(0.3);
const isText = T.expression(({ x }) => x.gt(threshold));

/** The larger of each element and the one before it along an axis. */
function spread(x: T.Tensor, axis: number): T.Tensor {
  const before = T.pad(T.slice(x, axis, 0, x.shape[axis] - 1), axis, 1, 0);
  return T.evaluate(T.expressions.maximum, [x, before]);
}

/**
 * 1 where a probability map [B, H, W] is above 0.3 at a pixel, or at the one on its left, above, or left above, and 0
 * elsewhere: text, spread by a pixel to the right and downwards as by OpenCV's `dilate` with a square of 2 by 2.
 */
export function dilatedText(map: T.Tensor): T.Tensor {
  return T.scope(() => spread(spread(T.evaluate(isText, [map]), 1), 2));
}

/** How a student's shrink map is held against its teacher's; `alpha` is its weight, by default 5. */
export interface DilaDbOptions extends BalancedLossOptions {
  readonly alpha?: number;
}

/**
 * The loss of a student's maps [B, 3, H, W] against the text of its teacher's shrink map, which spreads by a pixel
 * because teachers shrink it too much: alpha times a balanced loss of the shrink map and the Dice loss of the binary
 * map, where the labels' shrink mask [B, H, W] counts. The teacher learns nothing. `overParts` adds up over the processes
 * that hold parts of the batch, see `sumOverParts`.
 * Source: Du et al. 2021 (PP-OCRv2, collaborative mutual learning); distillation_loss.py DistillationDilaDBLoss.
 * @throws ShapeError when the shapes do not fit
 */
export function dilaDbLoss(
  student: Variable,
  teacher: Variable,
  shrinkMask: T.Tensor,
  { alpha = 5, ...balanced }: DilaDbOptions = {},
  overParts?: SumOverParts,
): Variable {
  const text = dilatedText(dbMap(teacher.value, "shrink_maps").value);
  const shrink = balancedLoss(dbMap(student, "shrink_maps"), text, shrinkMask, balanced, overParts);
  const binary = diceLoss(dbMap(student, "binary_maps"), text, shrinkMask, balanced.epsilon, overParts);
  return add(mul(shrink, alpha), binary);
}
