import { cpu } from "./cpu/device.js";
import type { Device } from "./device.js";
import { DeviceError } from "./errors.js";
import type { Tensor } from "./tensor.js";

let current: Device | undefined;

/** The device on which new tensors are made: the CPU unless `setDevice` or `withDevice` says otherwise. */
export function currentDevice(): Device {
  current ??= cpu();
  return current;
}

/** Makes `device` the place of new tensors. */
export function setDevice(device: Device): void {
  current = device;
}

/** Runs `fn` with `device` as the place of new tensors. Synchronous, like `scope`. */
export function withDevice<T>(device: Device, fn: () => T): T {
  const before = current;
  current = device;
  try {
    return fn();
  } finally {
    current = before;
  }
}

/** The device that all tensors share. @throws DeviceError when they lie on different ones */
export function commonDevice(tensors: readonly Tensor[]): Device {
  const device = tensors[0]?.device ?? currentDevice();
  for (const tensor of tensors) {
    if (tensor.device !== device) {
      throw new DeviceError(`tensors lie on different devices: ${device.name} and ${tensor.device.name}`);
    }
  }
  return device;
}
