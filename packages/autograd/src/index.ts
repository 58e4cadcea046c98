export { type BackwardOptions, backward } from "./backward.js";
export { checkpoint, isRecomputing } from "./checkpoint.js";
export { type CustomGradient, customGrad } from "./custom-grad.js";
export { GradCheckError, GraphError, OnceDifferentiableError } from "./errors.js";
export { type GradCheckOptions, gradCheck } from "./grad-check.js";
export { Gradients } from "./gradients.js";
export { adaptiveAvgPool2d } from "./ops/adaptive-pool2d.js";
export { additiveAttention } from "./ops/additive-attention.js";
export * from "./ops/arithmetic.js";
export { batchNorm } from "./ops/batch-norm.js";
export { concat } from "./ops/concat.js";
export { type ConvolutionOptions, conv2d, convTranspose2d } from "./ops/conv2d.js";
export { crossEntropyRows } from "./ops/cross-entropy.js";
export { ctcLoss } from "./ops/ctc.js";
export { dropout } from "./ops/dropout.js";
export { elementwise } from "./ops/elementwise.js";
export { gatherRows, pick } from "./ops/gather.js";
export { layerNorm } from "./ops/layer-norm.js";
export { type LstmState, lstm } from "./ops/lstm.js";
export { matmul } from "./ops/matmul.js";
export { avgPool2d, maxPool2d, type PoolOptions } from "./ops/pool2d.js";
export { logSoftmax, softmax } from "./ops/softmax.js";
export { mean, sum } from "./ops/sum.js";
export { type SumOverParts, sumOverParts } from "./ops/sum-over-parts.js";
export { sumTo } from "./ops/sum-to.js";
export { upsampleNearest2d } from "./ops/upsample2d.js";
export {
  broadcastTo,
  expandDims,
  pad,
  permute,
  reshape,
  slice,
  split,
  squeeze,
  stack,
  transpose,
} from "./ops/views.js";
export { currentRandom, withRandom } from "./randomness.js";
export { apply, defineOp, type Forward, isRecording, noGrad, type Op, transient, type VjpContext } from "./tape.js";
export {
  asVariable,
  detach,
  needsGrad,
  type Operand,
  Parameter,
  type ParameterOptions,
  retain,
  Variable,
  variable,
} from "./variable.js";
