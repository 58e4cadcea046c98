import type { DeviceBuffer } from "../device.js";
import type { DeviceArray } from "./arrays.js";

/** Memory of the GPU device: an array, which is another one after every write, or nothing yet. */
export class GpuBuffer implements DeviceBuffer {
  readonly bytes: number;
  array: DeviceArray | undefined;

  constructor(bytes: number) {
    this.bytes = bytes;
  }

  /** Takes over one hold on `array`. */
  replace(array: DeviceArray | undefined): void {
    this.array?.release();
    this.array = array;
  }
}
