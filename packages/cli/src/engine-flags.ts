import { setFlagsFromString } from "node:v8";

/** Versions of Node in which joined vectors were tried, and every kernel's tests run with them. */
const joining = [24, 25, 26];

/**
 * The flags of V8 by which kernels gain: in Node 20 relaxed multiply-add, which later versions have switched on; in Node
 * 24 to 26 on x64 the joining of pairs of 128-bit vectors into vectors of 256 bits (`chooseTileColumns` of
 * `@retort/tensor` looks whether it does).
 */
export function engineFlags(): readonly string[] {
  const version = Number.parseInt(process.versions.node, 10);
  if (version < 22) return ["--experimental-wasm-relaxed-simd"];
  return joining.includes(version) && process.arch === "x64" ? ["--experimental-wasm-revectorize"] : [];
}

/**
 * Sets `engineFlags`. To be called before the first kernel is made. Only the command line sets flags of the engine; a
 * program of one's own starts with `node --experimental-wasm-relaxed-simd` or `node --experimental-wasm-revectorize`.
 */
export function setEngineFlags(): void {
  for (const flag of engineFlags()) setFlagsFromString(flag);
}
