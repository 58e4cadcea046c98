import {
  batchOrderInvariant,
  finiteAtExtremes,
  type Law,
  logits,
  nonNegative,
  pairOf,
  viewEqualsCopy,
  zeroAtEquality,
} from "@retort/autograd/testing";

/** Classes of the outputs that tests of divergences compare. */
export const classes = 5;

/** Two outputs [B, T, classes] to compare. */
export const scores = pairOf(logits({ classes }));

/** What holds of every divergence of one output from another. */
export const divergenceLaws: readonly Law[] = [
  nonNegative,
  zeroAtEquality,
  batchOrderInvariant,
  viewEqualsCopy,
  finiteAtExtremes,
];
