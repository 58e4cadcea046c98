import type { Device, DeviceBuffer, KernelCalls } from "../device.js";
import { byteSize, type DType, hostArray, type TypedArray } from "../dtype.js";
import { runArgmax } from "../kernels/argmax/index.js";
import { runElementwise } from "../kernels/elementwise/index.js";
import { runFill } from "../kernels/fill/index.js";
import { runGemm } from "../kernels/gemm/index.js";
import { runReduce } from "../kernels/reduce/index.js";
import type { CpuBuffer } from "./buffer.js";
import { heap } from "./heap.js";

/** Every kernel of the CPU. Each picks its SIMD form or its plain twin. */
const kernels: { readonly [K in keyof KernelCalls]: (call: KernelCalls[K]) => void } = {
  argmax: runArgmax,
  elementwise: runElementwise,
  fill: runFill,
  gemm: runGemm,
  reduce: runReduce,
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
