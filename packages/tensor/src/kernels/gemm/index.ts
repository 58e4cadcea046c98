import type { GemmCall } from "./call.js";
import { plainGemm } from "./plain.js";

/** Batched matrix product. */
export function runGemm(call: GemmCall): void {
  plainGemm(call);
}
