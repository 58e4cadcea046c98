import type { Variable } from "@retort/autograd";
import {
  batchOrderInvariant,
  binaryMaps,
  check,
  finiteBetween,
  gradientMatches,
  nonNegative,
  probabilityMaps,
  viewEqualsCopy,
} from "@retort/autograd/testing";
import { cast, type Tensor } from "@retort/tensor";
import fc from "fast-check";

/** Probabilities, a target and a mask of one shape; `open`: none of the probabilities is 0 or 1. */
export const maskedMaps = (open: boolean): fc.Arbitrary<Tensor[]> =>
  probabilityMaps().shapes.chain((shape) =>
    fc.tuple(probabilityMaps({ open }).ofShape(shape), binaryMaps().ofShape(shape), binaryMaps().ofShape(shape)),
  );

/** Holds a loss from 0 to 1 of probabilities, target and mask against the laws. */
export function checkMaskedLoss(masked: (p: Variable, target: Tensor, mask: Tensor) => Variable): void {
  const loss = (p: Variable, g: Variable, m: Variable): Variable =>
    masked(p, cast(g.value, p.dtype), cast(m.value, p.dtype));
  const laws = [nonNegative, batchOrderInvariant, viewEqualsCopy, finiteBetween(0, 1)];
  check(loss, { inputs: maskedMaps(false), laws });
  check(loss, { inputs: maskedMaps(true), laws: [gradientMatches], runs: 10 });
}
