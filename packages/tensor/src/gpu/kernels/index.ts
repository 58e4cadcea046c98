import type { KernelCalls } from "../../device.js";
import type { Kernel } from "../scratch.js";
import { elementwise, fill, reduce } from "./elementwise.js";
import { gemm } from "./gemm.js";

/** Every kernel that the device has; the CPU runs the others. */
export const kernels: { readonly [K in keyof KernelCalls]?: Kernel<KernelCalls[K]> } = {
  elementwise,
  fill,
  gemm,
  reduce,
};
