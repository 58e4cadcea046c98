import type { Device, DeviceBuffer, KernelCalls, View } from "../device.js";
import { byteSize, type DType, type TypedArray } from "../dtype.js";
import { DeviceError } from "../errors.js";
import { viewsOf } from "../kernels/views.js";
import { sizeOf } from "../shape.js";
import { Arrays } from "./arrays.js";
import { GpuBuffer } from "./buffer.js";
import { type GpuJs, type GpuMode, maxElements, openGpuJs } from "./gpu-js.js";
import { asDType, runOnHost } from "./host-run.js";
import { kernels } from "./kernels/index.js";
import { nestOf } from "./kernels/merge.js";
import { outputsOf } from "./outputs.js";
import { Scratch } from "./scratch.js";
import { isBelow, noThreshold, type WorkThreshold } from "./work-threshold.js";

/** Tensors on a GPU through gpu.js. float64 stays on the host: no mode of gpu.js has it. */
export interface GpuDevice extends Device {
  readonly mode: GpuMode;
  /** How often each kernel ran on the device. */
  readonly runs: ReadonlyMap<keyof KernelCalls, number>;
  /** How often the CPU ran a kernel instead, because the device has none for the call; float64 is not counted. */
  readonly fallbacks: ReadonlyMap<keyof KernelCalls, number>;
  /** Which calls stay on the CPU if all that they read is there; at first none. `calibrateThreshold` measures what is best. */
  workThreshold: WorkThreshold;
  /** How often a kernel stayed on the CPU for want of work. */
  readonly kept: ReadonlyMap<keyof KernelCalls, number>;
  /** Arrays on the device. */
  readonly liveArrays: number;
  /** Sets the counts of runs, fallbacks and calls that were kept back to 0. */
  resetCounts(): void;
  /** Frees the kernels; the device is not used afterwards. */
  destroy(): void;
}

class GpuJsDevice implements GpuDevice {
  readonly name: string;
  readonly synchronous: boolean;
  readonly mode: GpuMode;
  readonly runs = new Map<keyof KernelCalls, number>();
  readonly fallbacks = new Map<keyof KernelCalls, number>();
  readonly kept = new Map<keyof KernelCalls, number>();
  workThreshold = noThreshold;
  private readonly arrays: Arrays;

  constructor(gpu: GpuJs) {
    this.name = `gpu (${gpu.mode})`;
    this.synchronous = !gpu.asynchronous;
    this.mode = gpu.mode;
    this.arrays = new Arrays(gpu);
  }

  get liveArrays(): number {
    return this.arrays.live;
  }

  allocate(bytes: number): GpuBuffer {
    return new GpuBuffer(bytes);
  }

  free(buffer: DeviceBuffer): void {
    (buffer as GpuBuffer).replace(undefined);
  }

  upload(buffer: DeviceBuffer, data: TypedArray): void {
    (buffer as GpuBuffer).replace(this.arrays.of(data.slice()));
  }

  async read(buffer: DeviceBuffer, dtype: DType, length: number): Promise<TypedArray> {
    const { array } = buffer as GpuBuffer;
    const data = array === undefined ? new Float32Array(length) : await this.arrays.read(array);
    return asDType(data.slice(0, length), dtype);
  }

  readSync(buffer: DeviceBuffer, dtype: DType, length: number): TypedArray {
    if (!this.synchronous) {
      throw new DeviceError(
        `${this.name} can only be read asynchronously: use await data() instead of dataSync() or item()`,
      );
    }
    const { array } = buffer as GpuBuffer;
    const data = array === undefined ? new Float32Array(length) : this.arrays.readSync(array);
    return asDType(data.slice(0, length), dtype);
  }

  run<K extends keyof KernelCalls>(kernel: K, call: KernelCalls[K]): void {
    if (isBelow(this.workThreshold, kernel, call) && isOnHost(call)) {
      runOnHost(this.arrays, kernel, call);
      count(this.kept, kernel);
      return;
    }
    if (this.runHere(kernel, call)) {
      count(this.runs, kernel);
      return;
    }
    runOnHost(this.arrays, kernel, call);
    if (!isDouble(kernel, call)) count(this.fallbacks, kernel);
  }

  /** Runs a kernel of the device; false where it has none for the call. */
  private runHere<K extends keyof KernelCalls>(kernel: K, call: KernelCalls[K]): boolean {
    const implementation = kernels[kernel];
    if (implementation === undefined) return false;
    for (const [, view] of viewsOf(call)) if (!fits(view)) return false;
    if (!outputsOf(kernel, call).every(isWritable)) return false;
    const scratch = new Scratch(this.arrays);
    try {
      return implementation(scratch, call);
    } finally {
      scratch.release();
    }
  }

  resetCounts(): void {
    this.runs.clear();
    this.fallbacks.clear();
    this.kept.clear();
  }

  destroy(): void {
    this.arrays.gpu.destroy();
  }
}

function count(counts: Map<keyof KernelCalls, number>, kernel: keyof KernelCalls): void {
  counts.set(kernel, (counts.get(kernel) ?? 0) + 1);
}

/** Whether the host has all numbers of a call, in buffers that are written too. */
function isOnHost(call: object): boolean {
  for (const [, view] of viewsOf(call)) if ((view.buffer as GpuBuffer).array?.fromHost === false) return false;
  return true;
}

/** Whether what a call gives is float64, which belongs on the host. */
function isDouble<K extends keyof KernelCalls>(kernel: K, call: KernelCalls[K]): boolean {
  const dtypes = outputsOf(kernel, call).map(({ dtype }) => dtype);
  return dtypes.includes("float64") && !dtypes.includes("float32");
}

/** Whether float32 holds the elements and positions of a view's memory. */
function fits({ buffer, dtype }: View): boolean {
  if (dtype === "float64" || buffer.bytes / byteSize(dtype) > maxElements) return false;
  const host = (buffer as GpuBuffer).array?.host;
  return !(host instanceof Int32Array) || host.every((value) => Math.abs(value) <= maxElements);
}

function isWritable({ dtype, shape, strides, offset }: View): boolean {
  return dtype !== "uint8" && (sizeOf(shape) === 0 || nestOf(shape, strides, offset) !== undefined);
}

/**
 * A device on gpu.js in a mode of one's choice; `chooseDevice` finds the best one. `cpu` and `webasm` run everywhere, and
 * slower than the CPU device: they show that kernels are right.
 * @throws DeviceError when gpu.js is missing or does not run in this mode; the message says why
 */
export async function gpuDevice(mode: GpuMode): Promise<GpuDevice> {
  return new GpuJsDevice(await openGpuJs(mode));
}
