import { elements } from "../../cpu/buffer.js";
import { plainEvaluator, positionsOf } from "../../expr/plain.js";
import { sizeOf } from "../../shape.js";
import type { ElementwiseCall } from "./call.js";

/** Evaluates the expression block by block; right for all dtypes and strides. */
export function plainElementwise({ expression, inputs, parameters, output }: ElementwiseCall): void {
  const computed = [output, ...inputs].some((view) => view.dtype !== "float32" && view.dtype !== "bool")
    ? "float64"
    : "float32";
  const { blockSize, run } = plainEvaluator(expression, parameters, computed);
  const sources = inputs.map((view) => ({ data: elements(view), next: positionsOf(view) }));
  const [target, next] = [elements(output), positionsOf(output)];
  for (let left = sizeOf(output.shape); left > 0; left -= blockSize) {
    const count = Math.min(left, blockSize);
    const values = run((input, block) => {
      const source = sources[input];
      for (let i = 0; i < count; i++) block[i] = source.data[source.next()];
    }, count);
    for (let i = 0; i < count; i++) target[next()] = output.dtype === "bool" ? Number(values[i] !== 0) : values[i];
  }
}
