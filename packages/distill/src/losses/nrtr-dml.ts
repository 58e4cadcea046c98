import { add, mul, type Variable } from "@retort/autograd";
import type { Tensor } from "@retort/tensor";
import { klDivLoss } from "./kldiv.js";

/**
 * Deep mutual learning of two writers' logits [B, T, C]: half of both Kullback-Leibler divergences, averaged over the
 * positions where the mask [B, T] is not 0. The reference has a loss of this name that cannot run (it hands a mask to one
 * that takes none, distillation_loss.py DistillationNRTRDMLLoss); this is what its parts say that it is meant to do.
 * @throws ShapeError when the shapes differ
 */
export function nrtrDmlLoss(a: Variable, b: Variable, mask: Tensor): Variable {
  return mul(add(klDivLoss(a, b, mask), klDivLoss(b, a, mask)), 0.5);
}
