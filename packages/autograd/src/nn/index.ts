export { HardSwish, Relu, Sigmoid, Swish, Tanh } from "./activation.js";
export { type AttentionOptions, MultiHeadAttention } from "./attention.js";
export { BatchNorm, type BatchNormOptions } from "./batch-norm.js";
export { ConvTranspose2d } from "./conv-transpose2d.js";
export { Conv2d, type Conv2dLayerOptions } from "./conv2d.js";
export { Dropout } from "./dropout.js";
export { Embedding, type EmbeddingOptions } from "./embedding.js";
export {
  constantInitializer,
  fans,
  type Initializer,
  kaimingNormal,
  kaimingUniform,
  normalInitializer,
  truncatedNormalInitializer,
  uniformInitializer,
  xavierUniform,
} from "./initializers.js";
export { LayerNorm } from "./layer-norm.js";
export { Linear, type LinearOptions } from "./linear.js";
export { Lstm, type LstmLayerOptions } from "./lstm.js";
export { type Member, Module, ModuleBuffer } from "./module.js";
export { type Layer, runInTurn, Sequential } from "./sequential.js";
export { StateDictError, type StateDifference } from "./state-dict.js";
