import type { Device, DeviceBuffer, KernelCalls } from "../device.js";
import { byteSize, type DType, hostArray, type TypedArray } from "../dtype.js";
import { runAdam } from "../kernels/adam/index.js";
import { runAdditiveAttention, runAdditiveAttentionGrad } from "../kernels/additive-attention/index.js";
import { runArgmax } from "../kernels/argmax/index.js";
import { runBatchNorm, runBatchNormGrad, runBatchNormInference } from "../kernels/batch-norm/index.js";
import { runConv2d, runConv2dInputGrad, runConv2dWeightGrad } from "../kernels/conv2d/index.js";
import { runCrossEntropy, runCrossEntropyGrad } from "../kernels/cross-entropy/index.js";
import { runCtc, runCtcGrad } from "../kernels/ctc/index.js";
import { runDropout } from "../kernels/dropout/index.js";
import { runElementwise } from "../kernels/elementwise/index.js";
import { runFill } from "../kernels/fill/index.js";
import { runGatherRows, runPick, runPickGrad, runScatterAddRows } from "../kernels/gather/index.js";
import { runGemm } from "../kernels/gemm/index.js";
import { runLargest } from "../kernels/largest/index.js";
import { runLayerNorm, runLayerNormGrad } from "../kernels/layer-norm/index.js";
import { runLstm, runLstmGrad } from "../kernels/lstm/index.js";
import { runAvgPool2d, runAvgPool2dGrad, runMaxPool2d, runMaxPool2dGrad } from "../kernels/pool2d/index.js";
import { runRandomFill } from "../kernels/random-fill/index.js";
import { runReduce } from "../kernels/reduce/index.js";
import { runSoftmax, runSoftmaxGrad } from "../kernels/softmax/index.js";
import type { CpuBuffer } from "./buffer.js";
import { heap } from "./heap.js";

/** Every kernel of the CPU. Each picks its SIMD form or its plain twin. */
const kernels: { readonly [K in keyof KernelCalls]: (call: KernelCalls[K]) => void } = {
  adam: runAdam,
  additiveAttention: runAdditiveAttention,
  additiveAttentionGrad: runAdditiveAttentionGrad,
  argmax: runArgmax,
  avgPool2d: runAvgPool2d,
  avgPool2dGrad: runAvgPool2dGrad,
  batchNorm: runBatchNorm,
  batchNormGrad: runBatchNormGrad,
  batchNormInference: runBatchNormInference,
  conv2d: runConv2d,
  conv2dInputGrad: runConv2dInputGrad,
  conv2dWeightGrad: runConv2dWeightGrad,
  crossEntropy: runCrossEntropy,
  crossEntropyGrad: runCrossEntropyGrad,
  ctc: runCtc,
  ctcGrad: runCtcGrad,
  dropout: runDropout,
  elementwise: runElementwise,
  fill: runFill,
  gatherRows: runGatherRows,
  gemm: runGemm,
  largest: runLargest,
  layerNorm: runLayerNorm,
  layerNormGrad: runLayerNormGrad,
  lstm: runLstm,
  lstmGrad: runLstmGrad,
  maxPool2d: runMaxPool2d,
  maxPool2dGrad: runMaxPool2dGrad,
  pick: runPick,
  pickGrad: runPickGrad,
  randomFill: runRandomFill,
  reduce: runReduce,
  scatterAddRows: runScatterAddRows,
  softmax: runSoftmax,
  softmaxGrad: runSoftmaxGrad,
};

class CpuDevice implements Device {
  readonly name = "cpu";
  readonly synchronous = true;

  allocate(bytes: number): CpuBuffer {
    return { address: heap().alloc(bytes), bytes };
  }

  free(buffer: DeviceBuffer): void {
    heap().free((buffer as CpuBuffer).address);
  }

  upload(buffer: DeviceBuffer, data: TypedArray): void {
    const { address } = buffer as CpuBuffer;
    heap().u8.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), address);
  }

  async read(buffer: DeviceBuffer, dtype: DType, length: number): Promise<TypedArray> {
    return this.readSync(buffer, dtype, length);
  }

  readSync(buffer: DeviceBuffer, dtype: DType, length: number): TypedArray {
    const { address } = buffer as CpuBuffer;
    const result = hostArray(dtype, length);
    const bytes = heap().u8.subarray(address, address + length * byteSize(dtype));
    new Uint8Array(result.buffer).set(bytes);
    return result;
  }

  run<K extends keyof KernelCalls>(kernel: K, call: KernelCalls[K]): void {
    kernels[kernel](call);
  }
}

let device: CpuDevice | undefined;

/** The CPU: buffers in one WebAssembly memory, kernels in SIMD with plain TypeScript twins. */
export function cpu(): Device {
  device ??= new CpuDevice();
  return device;
}
