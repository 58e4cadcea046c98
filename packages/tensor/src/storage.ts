import type { Device, DeviceBuffer } from "./device.js";
import { byteSize, type DType, type TypedArray } from "./dtype.js";
import { ReleasedError } from "./errors.js";

const counters = { tensors: 0, bytes: 0 };

/** Live storages and their bytes, over all devices. */
export function storageCounters(): { readonly tensors: number; readonly bytes: number } {
  return counters;
}

/**
 * Memory shared by a tensor and its views, counted by them. The last `release` gives the buffer back.
 * `version` grows with every write in place, so that an update between a forward and a backward pass is noticed.
 */
export class Storage {
  readonly device: Device;
  readonly dtype: DType;
  readonly length: number;
  version = 0;
  private held: DeviceBuffer | undefined;
  private holders = 1;
  private pinned = false;
  private host: TypedArray | undefined;

  constructor(device: Device, dtype: DType, length: number) {
    this.device = device;
    this.dtype = dtype;
    this.length = length;
    this.held = device.allocate(length * byteSize(dtype));
    counters.tensors++;
    counters.bytes += length * byteSize(dtype);
  }

  /** The device memory; memory that was parked on the host is brought back. */
  get buffer(): DeviceBuffer {
    if (this.held === undefined) this.unpark();
    return this.held as DeviceBuffer;
  }

  retain(): this {
    this.holders++;
    return this;
  }

  release(): void {
    if (this.holders === 0) throw new ReleasedError("a storage was released twice");
    if (--this.holders > 0) return;
    this.dropBuffer();
    this.host = undefined;
  }

  /** From now on the memory stays at its address until the last holder releases it: something outside reads it there. */
  pin(): void {
    this.pinned = true;
  }

  /**
   * Moves the contents into an ordinary host array and frees the device memory. Ordinary arrays are collected with
   * their tensor, so this is how something small outlives the memory that nobody may own, such as a loss.
   * Does nothing on a device that cannot be read synchronously, or with pinned memory.
   */
  park(): void {
    if (this.held === undefined || this.pinned || !this.device.synchronous) return;
    this.host = this.device.readSync(this.held, this.dtype, this.length);
    this.dropBuffer();
  }

  /** The parked contents, if there are any. */
  get parked(): TypedArray | undefined {
    return this.host;
  }

  private unpark(): void {
    if (this.host === undefined) throw new ReleasedError("a storage was used after its release");
    this.held = this.device.allocate(this.length * byteSize(this.dtype));
    this.device.upload(this.held, this.host);
    this.host = undefined;
    counters.tensors++;
    counters.bytes += this.length * byteSize(this.dtype);
  }

  private dropBuffer(): void {
    if (this.held === undefined) return;
    this.device.free(this.held);
    this.held = undefined;
    counters.tensors--;
    counters.bytes -= this.length * byteSize(this.dtype);
  }
}
