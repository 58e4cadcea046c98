export { type ChosenDevice, chooseDevice } from "./choose-device.js";
export { type GpuDevice, gpuDevice } from "./device.js";
export type { GpuMode } from "./gpu-js.js";
