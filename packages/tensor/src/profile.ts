import type { Device, DeviceBuffer, KernelCalls } from "./device.js";
import type { DType, TypedArray } from "./dtype.js";

/** A device that does what another one does, and takes the time of every kernel. */
export interface ProfilingDevice extends Device {
  /** Milliseconds spent in each kernel since the last `reset`. */
  readonly milliseconds: ReadonlyMap<keyof KernelCalls, number>;
  /** Forgets the times so far. */
  reset(): void;
}

/** Wraps `inner`. Tensors to be profiled must be made on the wrapper: `withDevice(profilingDevice(cpu()), ...)`. */
export function profilingDevice(inner: Device): ProfilingDevice {
  const milliseconds = new Map<keyof KernelCalls, number>();
  return {
    name: inner.name,
    synchronous: inner.synchronous,
    milliseconds,
    reset: () => milliseconds.clear(),
    allocate: (bytes: number): DeviceBuffer => inner.allocate(bytes),
    free: (buffer: DeviceBuffer) => inner.free(buffer),
    upload: (buffer: DeviceBuffer, data: TypedArray) => inner.upload(buffer, data),
    read: (buffer: DeviceBuffer, dtype: DType, length: number) => inner.read(buffer, dtype, length),
    readSync: (buffer: DeviceBuffer, dtype: DType, length: number) => inner.readSync(buffer, dtype, length),
    run<K extends keyof KernelCalls>(kernel: K, call: KernelCalls[K]): void {
      const begun = performance.now();
      inner.run(kernel, call);
      milliseconds.set(kernel, (milliseconds.get(kernel) ?? 0) + performance.now() - begun);
    },
  };
}
