export { type BlindDevice, blindDevice } from "./blind.js";
export { cpu } from "./cpu/device.js";
export { type KernelSet, kernelSet, setKernelSet } from "./cpu/kernel-set.js";
export { setThreads, setTileColumns, threads, tileColumns } from "./cpu/threads.js";
export type { Device, DeviceBuffer, KernelCalls, View } from "./device.js";
export { commonDevice, currentDevice, setDevice, withDevice } from "./devices.js";
export { byteSize, type DType, dtypeOf, hostArray, isFloating, promote, type TypedArray } from "./dtype.js";
export { DeviceError, DTypeError, FormatError, OutOfMemoryError, ReleasedError, ShapeError } from "./errors.js";
export { differentiate, pullback } from "./expr/differentiate.js";
export { Expression, expression } from "./expr/expression.js";
export * as expressions from "./expr/library.js";
export { clip as clipTerm, max as maxTerm, min as minTerm, select as selectTerm, Term } from "./expr/term.js";
export * from "./files/index.js";
export { chooseTileColumns } from "./kernels/gemm/choose-tiles.js";
export { keep, type MemoryStats, memory, type Owner, type Releasable, scope } from "./memory.js";
export { type AdamOptions, adamStep } from "./ops/adam.js";
export { additiveAttention, additiveAttentionGrad } from "./ops/additive-attention.js";
export {
  type Activation,
  type BatchNormResult,
  batchNorm,
  batchNormGrad,
  batchNormInference,
} from "./ops/batch-norm.js";
export { concat, pad } from "./ops/concat.js";
export { type Conv2dOptions, conv2d, conv2dInputGrad, conv2dOutputShape, conv2dWeightGrad } from "./ops/conv2d.js";
export { assign, cast, contiguous, copy, copyTo } from "./ops/copy.js";
export { arange, fill, full, ones, tensor, zeros } from "./ops/create.js";
export { crossEntropyRows, crossEntropyRowsGrad } from "./ops/cross-entropy.js";
export { type CtcResult, ctcLoss, ctcLossGrad } from "./ops/ctc.js";
export { dropout } from "./ops/dropout.js";
export { evaluate, evaluateInto } from "./ops/evaluate.js";
export { gatherRows, pick, pickGrad, scatterAddRows } from "./ops/gather.js";
export { largest } from "./ops/largest.js";
export { layerNorm, layerNormGrad } from "./ops/layer-norm.js";
export {
  type LstmGradInputs,
  type LstmGrads,
  type LstmOptions,
  type LstmResult,
  type LstmState,
  lstmSequence,
  lstmSequenceGrad,
} from "./ops/lstm.js";
export { matmul } from "./ops/matmul.js";
export {
  type AvgPool2dOptions,
  avgPool2d,
  avgPool2dGrad,
  type MaxPool2dOptions,
  maxPool2d,
  maxPool2dGrad,
  pool2dOutputShape,
} from "./ops/pool2d.js";
export { randomNormal, randomUniform } from "./ops/random-fill.js";
export { argmax, max, min, type ReduceOptions, reduce, sum } from "./ops/reduce.js";
export { logSoftmax, logSoftmaxGrad, softmax, softmaxGrad } from "./ops/softmax.js";
export { broadcastTo, expandDims, permute, reshape, slice, squeeze, transpose } from "./ops/views.js";
export { type ProfiledCall, type ProfilingDevice, profilingDevice } from "./profile.js";
export * from "./random/index.js";
export {
  broadcastShapes,
  checkShape,
  formatShape,
  isContiguous,
  normalizeAxes,
  normalizeAxis,
  reducedShape,
  rowMajorStrides,
  type Shape,
  sameShape,
  sizeOf,
} from "./shape.js";
export { Tensor } from "./tensor.js";
