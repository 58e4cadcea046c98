import type { Device, DeviceBuffer, KernelCalls } from "./device.js";
import { byteSize, type DType, type TypedArray } from "./dtype.js";
import { operationsOf } from "./kernels/operations.js";
import { elementsOf, viewsOf } from "./kernels/views.js";
import { formatShape } from "./shape.js";

/** One call of a kernel. */
export interface ProfiledCall {
  readonly kernel: keyof KernelCalls;
  /** Its tensors, such as `a [1, 8, 512], b [1, 512, 97]`. */
  readonly shapes: string;
  /** Its beginning, as `performance.now()` counts milliseconds. */
  readonly start: number;
  readonly milliseconds: number;
  /** Multiplications and additions; undefined for kernels whose time goes into reading and writing. */
  readonly operations: number | undefined;
  /** Bytes of its tensors, what is repeated by broadcasting counted once. */
  readonly bytes: number;
}

/** A device that does what another one does, and takes the time of every kernel. */
export interface ProfilingDevice extends Device {
  /** The calls since the last `reset`, in their order. */
  readonly calls: readonly ProfiledCall[];
  /** While false, kernels run as they would without this device. At first true. */
  recording: boolean;
  /** Forgets the calls so far. */
  reset(): void;
}

/** Wraps `inner`. Tensors to be profiled must be made on the wrapper: `withDevice(profilingDevice(cpu()), ...)`. */
export function profilingDevice(inner: Device): ProfilingDevice {
  const calls: ProfiledCall[] = [];
  const device: ProfilingDevice = {
    name: `profiled ${inner.name}`,
    synchronous: inner.synchronous,
    calls,
    recording: true,
    reset: () => {
      calls.length = 0;
    },
    allocate: (bytes: number): DeviceBuffer => inner.allocate(bytes),
    free: (buffer: DeviceBuffer) => inner.free(buffer),
    upload: (buffer: DeviceBuffer, data: TypedArray) => inner.upload(buffer, data),
    read: (buffer: DeviceBuffer, dtype: DType, length: number) => inner.read(buffer, dtype, length),
    readSync: (buffer: DeviceBuffer, dtype: DType, length: number) => inner.readSync(buffer, dtype, length),
    run<K extends keyof KernelCalls>(kernel: K, call: KernelCalls[K]): void {
      if (!device.recording) {
        inner.run(kernel, call);
        return;
      }
      const start = performance.now();
      inner.run(kernel, call);
      const milliseconds = performance.now() - start;
      const views = [...viewsOf(call)];
      const shapes = views.map(([name, { shape }]) => `${name} ${formatShape(shape)}`).join(", ");
      const bytes = views.reduce((sum, [, view]) => sum + elementsOf(view) * byteSize(view.dtype), 0);
      calls.push({ kernel, shapes, start, milliseconds, operations: operationsOf(kernel, call), bytes });
    },
  };
  return device;
}
