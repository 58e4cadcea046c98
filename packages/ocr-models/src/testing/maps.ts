import type { Variable } from "@retort/autograd";
import {
  batches,
  batchOrderInvariant,
  binaryMaps,
  finiteBetween,
  type Law,
  type Loss,
  nonNegative,
  probabilityMaps,
  viewEqualsCopy,
} from "@retort/autograd/testing";
import { cast, type Tensor } from "@retort/tensor";
import fc, { type Arbitrary } from "fast-check";
import type { DbTarget } from "../losses/db-loss.js";

/** Whether probabilities stay away from 0 and 1, as finite differences need it. */
export interface MapOptions {
  readonly open?: boolean;
}

/** Probabilities [N, 1, H, W], a target and a mask of the same shape: int32, 0 or 1. */
export function maskedMaps({ open = false }: MapOptions = {}): Arbitrary<Tensor[]> {
  return probabilityMaps().shapes.chain((shape) =>
    fc.tuple(probabilityMaps({ open }).ofShape(shape), binaryMaps().ofShape(shape), binaryMaps().ofShape(shape)),
  );
}

/** What a DB head gives in training, maps [B, 3, H, W], and the four maps [B, H, W] of its labels in `DbTarget`'s order. */
export function dbBatches({ open = false }: MapOptions = {}): Arbitrary<Tensor[]> {
  const [height, width] = [3, 4];
  return batches((batch) => {
    const label = binaryMaps().ofShape([batch, height, width]);
    return [probabilityMaps({ open }).ofShape([batch, 3, height, width]), label, label, label, label];
  });
}

/** The target that the four label maps of `dbBatches` make, in the dtype of the losses. */
export function dbTargetOf(labels: readonly Tensor[], dtype: Tensor["dtype"]): DbTarget {
  const [thresholdMap, thresholdMask, shrinkMap, shrinkMask] = labels.map((x) => cast(x, dtype));
  return { thresholdMap, thresholdMask, shrinkMap, shrinkMask };
}

/**
 * A loss of probabilities against tensors, such as a target and a mask, as one of variables: what `maskedMaps` draws as
 * int32 arrives in the dtype of the probabilities.
 */
export function againstMaps(loss: (probabilities: Variable, ...maps: Tensor[]) => Variable): Loss {
  return (probabilities, ...maps) => loss(probabilities, ...maps.map((map) => cast(map.value, probabilities.dtype)));
}

/** What holds of a loss of probability maps, those of exactly 0 and 1 included. */
export const mapLossLaws: readonly Law[] = [nonNegative, batchOrderInvariant, viewEqualsCopy, finiteBetween(0, 1)];
