export { calibrateThreshold } from "./calibrate-threshold.js";
export { type ChosenDevice, chooseDevice } from "./choose-device.js";
export { type GpuDevice, gpuDevice } from "./device.js";
export type { GpuMode } from "./gpu-js.js";
export type { WorkThreshold } from "./work-threshold.js";
