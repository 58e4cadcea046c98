import { capabilities } from "../wasm/index.js";

/**
 * Which kernels run: `plain` TypeScript loops, `simd` (128-bit WebAssembly), or `fma` (the same with relaxed
 * multiply-add, which rounds once and so changes the last bits).
 */
export type KernelSet = "plain" | "simd" | "fma";

let chosen: KernelSet | undefined;

/** The kernels in use: `RETORT_KERNELS`, or the fastest set that the engine knows. @throws Error when it is unknown */
export function kernelSet(): KernelSet {
  chosen ??= checked(globalThis.process?.env.RETORT_KERNELS ?? best(), "RETORT_KERNELS");
  return chosen;
}

/** Chooses the kernels for all that follows. @throws Error when the engine cannot run them */
export function setKernelSet(set: KernelSet): void {
  chosen = checked(set, "setKernelSet");
}

function best(): KernelSet {
  const { simd, fma } = capabilities();
  if (fma) return "fma";
  return simd ? "simd" : "plain";
}

function checked(set: string, source: string): KernelSet {
  if (set !== "plain" && set !== "simd" && set !== "fma") {
    throw new Error(`${source}: expected plain, simd or fma, found "${set}"`);
  }
  if (set !== "plain" && !capabilities()[set]) {
    const missing =
      set === "fma" ? "relaxed SIMD (Node 20 needs --experimental-wasm-relaxed-simd)" : "WebAssembly SIMD";
    throw new Error(`${source}: this engine has no ${missing}; found kernel set "${set}"`);
  }
  return set;
}
