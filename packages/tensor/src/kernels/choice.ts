import { allFloat32 } from "../cpu/buffer.js";
import { kernelSet } from "../cpu/kernel-set.js";
import type { View } from "../device.js";

/** True when SIMD kernels are in use and every view is float32. */
export function simdFor(...views: readonly View[]): boolean {
  return kernelSet() !== "plain" && allFloat32(...views);
}

/** How many units of `elements` elements make a block that is worth handing to a thread; depends on shapes only. */
export function grainOf(elements: number, block = 16_384): number {
  return Math.max(1, Math.ceil(block / Math.max(1, elements)));
}
