import { contiguousElements } from "../../cpu/buffer.js";
import type { ArgmaxCall } from "./call.js";

/** Scans every row once; right for all dtypes. */
export function plainArgmax({ input, output }: ArgmaxCall): void {
  const length = input.shape[input.shape.length - 1];
  const data = contiguousElements(input);
  const result = contiguousElements(output);
  for (let row = 0; row < result.length; row++) {
    const start = row * length;
    let best = 0;
    for (let i = 1; i < length && !Number.isNaN(data[start + best]); i++) {
      const value = data[start + i];
      if (value > data[start + best] || Number.isNaN(value)) best = i;
    }
    result[row] = best;
  }
}
