import type { Device, DeviceBuffer, KernelCalls } from "./device.js";
import type { TypedArray } from "./dtype.js";
import { DeviceError } from "./errors.js";

/** Shapes without data: runs any program that does not look at values, and counts the memory that it would take. */
export interface BlindDevice extends Device {
  /** Bytes allocated now. */
  readonly liveBytes: number;
  /** Most bytes allocated at one time since the device was made. */
  readonly peakBytes: number;
  /** How often each kernel ran. */
  readonly runs: ReadonlyMap<keyof KernelCalls, number>;
}

/** A new blind device. Reading data from it throws a DeviceError. */
export function blindDevice(): BlindDevice {
  const runs = new Map<keyof KernelCalls, number>();
  let liveBytes = 0;
  let peakBytes = 0;
  const refuse = (): never => {
    throw new DeviceError("the blind device has shapes but no data: nothing can be read from it");
  };
  return {
    name: "blind",
    synchronous: false,
    runs,
    get liveBytes() {
      return liveBytes;
    },
    get peakBytes() {
      return peakBytes;
    },
    allocate(bytes: number): DeviceBuffer {
      liveBytes += bytes;
      peakBytes = Math.max(peakBytes, liveBytes);
      return { bytes };
    },
    free(buffer: DeviceBuffer): void {
      liveBytes -= buffer.bytes;
    },
    upload(): void {},
    read: async (): Promise<TypedArray> => refuse(),
    readSync: (): TypedArray => refuse(),
    run(kernel): void {
      runs.set(kernel, (runs.get(kernel) ?? 0) + 1);
    },
  };
}
