import type { DType, TypedArray } from "./dtype.js";
import type { AdamCall } from "./kernels/adam/call.js";
import type { AdditiveAttentionCall, AdditiveAttentionGradCall } from "./kernels/additive-attention/call.js";
import type { ArgmaxCall } from "./kernels/argmax/call.js";
import type { BatchNormCall, BatchNormGradCall, BatchNormInferenceCall } from "./kernels/batch-norm/call.js";
import type { Conv2dCall, Conv2dInputGradCall, Conv2dWeightGradCall } from "./kernels/conv2d/call.js";
import type { CrossEntropyCall, CrossEntropyGradCall } from "./kernels/cross-entropy/call.js";
import type { CtcCall, CtcGradCall } from "./kernels/ctc/call.js";
import type { DropoutCall } from "./kernels/dropout/call.js";
import type { ElementwiseCall } from "./kernels/elementwise/call.js";
import type { FillCall } from "./kernels/fill/call.js";
import type { GatherRowsCall, PickCall, PickGradCall, ScatterAddRowsCall } from "./kernels/gather/call.js";
import type { GemmCall } from "./kernels/gemm/call.js";
import type { LargestCall } from "./kernels/largest/call.js";
import type { LayerNormCall, LayerNormGradCall } from "./kernels/layer-norm/call.js";
import type { LstmCall, LstmGradCall } from "./kernels/lstm/call.js";
import type { AvgPool2dCall, AvgPool2dGradCall, MaxPool2dCall, MaxPool2dGradCall } from "./kernels/pool2d/call.js";
import type { RandomFillCall } from "./kernels/random-fill/call.js";
import type { ReduceCall } from "./kernels/reduce/call.js";
import type { SoftmaxCall, SoftmaxGradCall } from "./kernels/softmax/call.js";
import type { Shape } from "./shape.js";

/** Memory that a device gave out; only the device knows what is inside. */
export interface DeviceBuffer {
  readonly bytes: number;
}

/** How a kernel sees a tensor: a buffer and how to walk it. Strides and offset count elements. */
export interface View {
  readonly buffer: DeviceBuffer;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly strides: Shape;
  readonly offset: number;
}

/** What each kernel is called with. Operations have checked shapes and dtypes and allocated the outputs before. */
export interface KernelCalls {
  adam: AdamCall;
  additiveAttention: AdditiveAttentionCall;
  additiveAttentionGrad: AdditiveAttentionGradCall;
  argmax: ArgmaxCall;
  avgPool2d: AvgPool2dCall;
  avgPool2dGrad: AvgPool2dGradCall;
  batchNorm: BatchNormCall;
  batchNormGrad: BatchNormGradCall;
  batchNormInference: BatchNormInferenceCall;
  conv2d: Conv2dCall;
  conv2dInputGrad: Conv2dInputGradCall;
  conv2dWeightGrad: Conv2dWeightGradCall;
  crossEntropy: CrossEntropyCall;
  crossEntropyGrad: CrossEntropyGradCall;
  ctc: CtcCall;
  ctcGrad: CtcGradCall;
  dropout: DropoutCall;
  elementwise: ElementwiseCall;
  fill: FillCall;
  gatherRows: GatherRowsCall;
  gemm: GemmCall;
  largest: LargestCall;
  layerNorm: LayerNormCall;
  layerNormGrad: LayerNormGradCall;
  lstm: LstmCall;
  lstmGrad: LstmGradCall;
  maxPool2d: MaxPool2dCall;
  maxPool2dGrad: MaxPool2dGradCall;
  pick: PickCall;
  pickGrad: PickGradCall;
  randomFill: RandomFillCall;
  reduce: ReduceCall;
  scatterAddRows: ScatterAddRowsCall;
  softmax: SoftmaxCall;
  softmaxGrad: SoftmaxGradCall;
}

/**
 * What tensors need from the hardware: memory without meaning, and kernels that fill it.
 * A device never sees handles, scopes or gradients, and nothing outside of it branches on data, so that a device
 * without readable data (`blind`) or with asynchronous reads can stand under the same operations.
 */
export interface Device {
  readonly name: string;
  /** Whether `readSync` works. */
  readonly synchronous: boolean;
  /** Uninitialised memory. @throws OutOfMemoryError */
  allocate(bytes: number): DeviceBuffer;
  free(buffer: DeviceBuffer): void;
  /** Copies `data` to the start of the buffer. */
  upload(buffer: DeviceBuffer, data: TypedArray): void;
  /** A copy of `length` elements from the start of the buffer. */
  read(buffer: DeviceBuffer, dtype: DType, length: number): Promise<TypedArray>;
  /** The same at once. @throws DeviceError where the device can only read asynchronously */
  readSync(buffer: DeviceBuffer, dtype: DType, length: number): TypedArray;
  run<K extends keyof KernelCalls>(kernel: K, call: KernelCalls[K]): void;
}
