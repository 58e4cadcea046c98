import type { Schedule } from "./schedule.js";

/** One rate for all steps. The reference's `Const`. */
export function constant({ learningRate }: { readonly learningRate: number }): Schedule {
  return () => learningRate;
}
