import { add, mul } from "@retort/autograd";
import {
  batchOrderInvariant,
  batchRepeatInvariant,
  finiteAtExtremes,
  gradientMatches,
  type Law,
  type Loss,
  nonNegative,
  sameLoss,
  viewEqualsCopy,
  zeroAtEquality,
} from "@retort/autograd/testing";

/** What holds of every divergence of one network's output from another's, mean over samples or over what counts of them. */
export const divergenceLaws: readonly Law[] = [
  nonNegative,
  zeroAtEquality,
  batchOrderInvariant,
  batchRepeatInvariant,
  viewEqualsCopy,
  finiteAtExtremes,
  gradientMatches,
];

/** The loss is another one with its first two inputs exchanged: `reverse` of `forward`. */
export function oppositeOf(forward: Loss): Law {
  return sameLoss("oppositeOf", (x, y, ...rest) => forward(y, x, ...rest));
}

/** The loss is half of both directions of a divergence. */
export function halfOfBoth(forward: Loss): Law {
  return sameLoss("halfOfBoth", (x, y, ...rest) => mul(add(forward(x, y, ...rest), forward(y, x, ...rest)), 0.5));
}

/**
 * The loss is another one of its first two inputs divided by a temperature, times the temperature's square, so that
 * gradients keep their size. Source: Hinton et al. 2015.
 */
export function temperedBy(temperature: number, cold: Loss): Law {
  return sameLoss(`temperedBy(${temperature})`, (x, y, ...rest) => {
    const [p, q] = [x, y].map((z) => mul(z, 1 / temperature));
    return mul(cold(p, q, ...rest), temperature ** 2);
  });
}
