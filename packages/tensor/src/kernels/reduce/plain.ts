import { elements } from "../../cpu/buffer.js";
import { collapse, forEachRow } from "../../expr/collapse.js";
import { BlockProgram, blockLength, isSingle } from "../../expr/plain.js";
import { sizeOf } from "../../shape.js";
import type { ReduceCall } from "./call.js";

const start = { sum: 0, max: Number.NEGATIVE_INFINITY, min: Number.POSITIVE_INFINITY };

/** Folds in float64; right for all dtypes and strides. */
export function plainReduce({ kind, expression, inputs, parameters, axes, output }: ReduceCall): void {
  const totals = new Float64Array(sizeOf(output.shape)).fill(start[kind]);
  const data = [...inputs.map(elements), totals];
  const kept = output.strides.map((stride, axis) => (axes.includes(axis) ? 0 : stride));
  const loops = collapse(inputs[0].shape, [...inputs.map((view) => view.strides), kept], inputs[0].strides);
  const inner = loops.strides.map((strides) => strides[strides.length - 1]);
  const length = loops.extents[loops.extents.length - 1];
  const program = new BlockProgram(expression, parameters, isSingle(...inputs.map(elements), elements(output)));
  const offsets = [...inputs.map((view) => view.offset), 0];
  forEachRow(loops, offsets, (rowStarts) => {
    const starts = [...rowStarts];
    for (let done = 0; done < length; done += blockLength) {
      const count = Math.min(blockLength, length - done);
      program.load(data, starts, inner, count);
      const values = program.run(count);
      const step = inner[inputs.length];
      for (let i = 0, at = starts[inputs.length]; i < count; i++, at += step) {
        totals[at] = kind === "sum" ? totals[at] + values[i] : Math[kind](totals[at], values[i]);
      }
      for (let i = 0; i < starts.length; i++) starts[i] += count * inner[i];
    }
  });
  elements(output).set(totals, output.offset);
}
