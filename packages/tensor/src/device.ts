import type { DType, TypedArray } from "./dtype.js";
import type { ArgmaxCall } from "./kernels/argmax/call.js";
import type { ElementwiseCall } from "./kernels/elementwise/call.js";
import type { FillCall } from "./kernels/fill/call.js";
import type { GemmCall } from "./kernels/gemm/call.js";
import type { ReduceCall } from "./kernels/reduce/call.js";
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
  argmax: ArgmaxCall;
  elementwise: ElementwiseCall;
  fill: FillCall;
  gemm: GemmCall;
  reduce: ReduceCall;
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
