import { elements } from "../../cpu/buffer.js";
import { plainEvaluator, positionsOf } from "../../expr/plain.js";
import { sizeOf } from "../../shape.js";
import type { ReduceCall } from "./call.js";

/** Folds in float64 in row-major order; right for all dtypes and strides. */
export function plainReduce({ kind, expression, inputs, parameters, axes, output }: ReduceCall): void {
  const { shape } = inputs[0];
  const strides = output.strides.map((stride, axis) => (axes.includes(axis) ? 0 : stride));
  const target = positionsOf({ shape, strides, offset: 0 });
  const totals = new Float64Array(sizeOf(output.shape)).fill(
    kind === "sum" ? 0 : kind === "max" ? -Infinity : Infinity,
  );
  const { blockSize, run } = plainEvaluator(expression, parameters, output.dtype === "float32" ? "float32" : "float64");
  const sources = inputs.map((view) => ({ data: elements(view), next: positionsOf(view) }));
  for (let left = sizeOf(shape); left > 0; left -= blockSize) {
    const count = Math.min(left, blockSize);
    const values = run((input, block) => {
      const source = sources[input];
      for (let i = 0; i < count; i++) block[i] = source.data[source.next()];
    }, count);
    for (let i = 0; i < count; i++) {
      const at = target();
      totals[at] = kind === "sum" ? totals[at] + values[i] : Math[kind](totals[at], values[i]);
    }
  }
  elements(output).set(totals, output.offset);
}
