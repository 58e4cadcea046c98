import { setFlagsFromString } from "node:v8";

/**
 * Lets WebAssembly use relaxed multiply-add, which Node has switched on from version 22 and Node 20 keeps behind a
 * flag of V8. To be called before the first kernel is made. Only the command line sets flags of the engine; a program
 * of one's own on Node 20 starts with `node --experimental-wasm-relaxed-simd`.
 */
export function allowRelaxedSimd(): void {
  if (Number.parseInt(process.versions.node, 10) < 22) setFlagsFromString("--experimental-wasm-relaxed-simd");
}
