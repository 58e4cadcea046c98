/** Files of arrays, read from and written to bytes in memory. */
export type { HostArray, HostData, HostDtype } from "./host-array.js";
export { readNpy, writeNpy } from "./npy.js";
export { readSafetensors, type SafetensorsFile, writeSafetensors } from "./safetensors.js";
