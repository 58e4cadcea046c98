import type { View } from "../device.js";
import type { DType } from "../dtype.js";
import type { Shape } from "../shape.js";
import { guarded } from "./kernels.js";

/** Runs a kernel that writes float32 views of some shapes, and gives what it wrote. @throws Error when it wrote beside them */
export function outputs(
  shapes: readonly Shape[],
  run: (...views: View[]) => void,
  dtype: DType = "float32",
): number[][] {
  const results = shapes.map((shape) => guarded(shape, dtype));
  run(...results.map((result) => result.view));
  for (const result of results) result.check();
  return results.map((result) => Array.from(result.view.dataSync()));
}
