import { abs, mean, type Operand, smoothL1, square, sub, type Variable } from "@retort/autograd";

/** How far apart two features count as. */
export type DistanceMode = "l1" | "l2" | "smooth_l1";

/**
 * Mean over all elements of |a - b|, (a - b)² or Huber's function of a - b. Source: basic_loss.py DistanceLoss.
 * @throws ShapeError when the shapes do not fit
 */
export function distanceLoss(a: Operand, b: Operand, mode: DistanceMode): Variable {
  if (mode === "smooth_l1") return mean(smoothL1(a, b));
  const difference = sub(a, b);
  return mean(mode === "l1" ? abs(difference) : square(difference));
}
