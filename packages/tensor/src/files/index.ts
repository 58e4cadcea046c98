/** Files of arrays, read from and written to bytes in memory. */
export {
  bytesOf,
  checkHostArray,
  type HostArray,
  type HostData,
  type HostDtype,
  hostConstructors,
  hostDataFrom,
  inFortranOrder,
} from "./host-array.js";
export { readNpy, writeNpy } from "./npy.js";
export { readSafetensors, type SafetensorsFile, writeSafetensors } from "./safetensors.js";
