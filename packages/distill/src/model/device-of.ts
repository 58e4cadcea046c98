import type { Module } from "@retort/autograd/nn";
import { currentDevice, type Device, withDevice } from "@retort/tensor";

/** The device on which the weights of `module` lie; that of new tensors if it has none. */
export function deviceOf(module: Module): Device {
  for (const { value } of module.parameters()) return value.device;
  return currentDevice();
}

/** Runs `fn` with new tensors on the device of `module`. Synchronous, like `withDevice`. */
export function onDeviceOf<T>(module: Module, fn: () => T): T {
  return withDevice(deviceOf(module), fn);
}
