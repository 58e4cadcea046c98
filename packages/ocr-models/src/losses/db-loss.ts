import { asVariable, mul, type Operand, type SumOverParts, slice, squeeze, type Variable } from "@retort/autograd";
import { formatShape, ShapeError, type Tensor } from "@retort/tensor";
import { type BalancedLossOptions, balancedLoss } from "./balanced-loss.js";
import { diceLoss } from "./dice-loss.js";
import { maskedL1Loss } from "./masked-l1-loss.js";

/** What a DB network is trained on: float32 [B, H, W] each, as MakeShrinkMap and MakeBorderMap make them. */
export interface DbTarget {
  readonly thresholdMap: Tensor;
  readonly thresholdMask: Tensor;
  readonly shrinkMap: Tensor;
  readonly shrinkMask: Tensor;
}

/** How the parts of a DB loss are weighed, and how the first is balanced. */
export interface DbLossOptions extends BalancedLossOptions {
  /** Weight of the shrink map's loss. Default 5. */
  readonly alpha?: number;
  /** Weight of the threshold map's loss. Default 10. */
  readonly beta?: number;
}

/** A map of a DB head by its name in configs; "thrink_maps" is how the reference spells the shrink map. */
export type DbMapName = "thrink_maps" | "shrink_maps" | "threshold_maps" | "binary_maps";

const channels: Readonly<Record<DbMapName, number>> = {
  thrink_maps: 0,
  shrink_maps: 0,
  threshold_maps: 1,
  binary_maps: 2,
};

/** One map [B, H, W] of what a DB head returns in training, [B, 3, H, W]. @throws ShapeError for any other shape */
export function dbMap(maps: Operand, name: DbMapName): Variable {
  const all = asVariable(maps);
  const { shape } = all;
  if (shape.length !== 4 || shape[1] !== 3) {
    throw new ShapeError(`${name} is one of three maps [B, 3, H, W], found ${formatShape(shape)}`);
  }
  return squeeze(slice(all, 1, channels[name], channels[name] + 1), 1);
}

/** The weighted parts of a DB loss, whose sum is the loss. */
export interface DbLosses {
  readonly shrink: Variable;
  readonly threshold: Variable;
  readonly binary: Variable;
}

/**
 * The losses of the three maps [B, 3, H, W] of a DB head: alpha times a balanced loss of the shrink map, beta times the
 * masked L1 loss of the threshold map, and the Dice loss of the binary map against the shrink map's target. `overParts`
 * adds up over the processes that hold parts of the batch, see `sumOverParts`.
 * Source: Liao et al. 2020 (Real-time Scene Text Detection with Differentiable Binarization); det_db_loss.py DBLoss.
 * @throws ShapeError when the shapes do not fit
 */
export function dbLosses(
  maps: Operand,
  target: DbTarget,
  { alpha = 5, beta = 10, ...balanced }: DbLossOptions = {},
  overParts?: SumOverParts,
): DbLosses {
  const { epsilon } = balanced;
  const { shrinkMap, shrinkMask, thresholdMap, thresholdMask } = target;
  const shrink = balancedLoss(dbMap(maps, "shrink_maps"), shrinkMap, shrinkMask, balanced, overParts);
  const threshold = maskedL1Loss(dbMap(maps, "threshold_maps"), thresholdMap, thresholdMask, epsilon, overParts);
  const binary = diceLoss(dbMap(maps, "binary_maps"), shrinkMap, shrinkMask, epsilon, overParts);
  return { shrink: mul(shrink, alpha), threshold: mul(threshold, beta), binary };
}
