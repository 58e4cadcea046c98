export {
  allEdges,
  binaryMaps,
  finiteEdges,
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
export { type CheckOptions, check } from "./check.js";
export { assertClose, type Grid, grid, gridOf, randomGrid, toStridedTensor, toTensor } from "./grid.js";
export {
  batchOrderInvariant,
  finiteAtExtremes,
  finiteBetween,
  gradientMatches,
  type Law,
  type Loss,
  nonNegative,
  symmetric,
  viewEqualsCopy,
  zeroAtEquality,
} from "./laws.js";
export { type OpCheck, type OpSample, opChecks } from "./op-checks.js";
