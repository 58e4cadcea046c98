import { expression } from "../../expr/expression.js";
import { select } from "../../expr/term.js";
import type { GatherRowsCall, PickCall, PickGradCall, ScatterAddRowsCall } from "../../kernels/gather/call.js";
import { reshaped } from "../array-view.js";
import type { KernelSource } from "../gpu-js.js";
import type { Kernel } from "../scratch.js";
import { divide } from "../source.js";
import { columns, positions } from "./rows.js";
import { chosen } from "./softmax.js";

// A device cannot throw for an index that is out of range: rows are read at the nearest index, sums leave it out.

const rows: KernelSource = {
  name: "gatherRows",
  arrays: ["table", "indices"],
  integers: ["rowCount", "rowLength"],
  numbers: [],
  body: `${divide("this.thread.x", "rowLength", "row", "column")}
    const index = Math.max(0, Math.min(rowCount - 1, indices[row]));
    return table[index * rowLength + column];`,
};

const ifChosen = expression(({ g, index, position }) => select(position.eq(index), g, 0));

/** Copies rows of a table. */
export const gatherRows: Kernel<GatherRowsCall> = (scratch, { table, indices, output }) => {
  const inputs = [table, indices].map((view) => scratch.contiguous(view));
  return scratch.output(output, scratch.launch(rows, output.shape, inputs, table.shape));
};

/** Adds rows to those of a table: every row of the table looks for its gradients. */
export const scatterAddRows: Kernel<ScatterAddRowsCall> = (scratch, { grad, indices, output }) => {
  const [count, length] = grad.shape;
  const g = reshaped(scratch.contiguous(grad), [count, 1, length]);
  const index = reshaped(scratch.contiguous(indices), [count, 1, 1]);
  const position = reshaped(positions(scratch, output.shape[0]), [1, output.shape[0], 1]);
  return scratch.output(output, scratch.fold("sum", ifChosen, [g, index, position], [0]));
};

/** One element a row. */
export const pick: Kernel<PickCall> = (scratch, { input, indices, output }) => {
  const inputs = [scratch.input(input), columns(scratch.input(indices)), positions(scratch, input.shape[1])];
  return scratch.output(output, scratch.fold("sum", chosen, inputs, [1]));
};

/** One element a row, the rest 0. */
export const pickGrad: Kernel<PickGradCall> = (scratch, { grad, indices, output }) => {
  const inputs = [columns(scratch.input(grad)), columns(scratch.input(indices)), positions(scratch, output.shape[1])];
  return scratch.output(output, scratch.map(ifChosen, inputs, [], output.shape));
};
