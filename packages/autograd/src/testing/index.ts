export {
  allEdges,
  batches,
  binaryMaps,
  finiteEdges,
  type IntegerOptions,
  integers,
  type LabelOptions,
  labelSequences,
  logits,
  pairOf,
  probabilityMaps,
  shapes,
  stridedTensors,
  type TensorArbitrary,
  type TensorOptions,
  tensors,
} from "./arbitraries.js";
export { batchOrderInvariant, batchRepeatInvariant, meanOver, sumOver } from "./batch-laws.js";
export { type CheckOptions, check } from "./check.js";
export { ctcBatches, ctcByAlignments, ctcMatchesAlignments } from "./ctc.js";
export { finite, finiteAtExtremes, finiteAtZero, finiteBetween } from "./finite-laws.js";
export {
  gradientMatches,
  gradientMatchesIn,
  gradientsSumToZero,
  gradientsSumToZeroWithin,
  noGradientIn,
  secondOrderMatches,
} from "./gradient-laws.js";
export { assertClose, type Grid, grid, gridOf, randomGrid, toStridedTensor, toTensor } from "./grid.js";
export { inParts } from "./in-parts.js";
export {
  classOrderInvariant,
  ignoresMasked,
  ignoresPadding,
  relabelInvariant,
  viewEqualsCopy,
} from "./invariance-laws.js";
export type { Law, Loss } from "./law.js";
export {
  homogeneous,
  nonNegative,
  positiveApart,
  sameLoss,
  shiftInvariant,
  symmetric,
  valueMatches,
  zeroAtEquality,
} from "./laws.js";
export { type OpCheck, type OpSample, opChecks } from "./op-checks.js";
