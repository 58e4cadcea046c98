import { contiguousElements } from "../../cpu/buffer.js";
import type { TypedArray } from "../../dtype.js";
import type { GatherRowsCall, PickCall, PickGradCall, ScatterAddRowsCall } from "./call.js";

/** @throws RangeError naming the index, where it stands and the limit */
function checkIndices(indices: TypedArray, limit: number): void {
  for (let i = 0; i < indices.length; i++) {
    if (indices[i] < 0 || indices[i] >= limit) {
      throw new RangeError(`index ${indices[i]} at position ${i} is not within 0 to ${limit - 1}`);
    }
  }
}

/** Copies rows. @throws RangeError for an index outside of the table */
export function plainGatherRows({ table, indices, output }: GatherRowsCall): void {
  const [rows, at, result] = [table, indices, output].map(contiguousElements);
  const [n, d] = table.shape;
  checkIndices(at, n);
  for (let i = 0; i < at.length; i++) result.set(rows.subarray(at[i] * d, (at[i] + 1) * d), i * d);
}

/** Adds rows, one after the other. @throws RangeError for an index outside of the output */
export function plainScatterAddRows({ grad, indices, output }: ScatterAddRowsCall): void {
  const [g, at, result] = [grad, indices, output].map(contiguousElements);
  const [n, d] = output.shape;
  checkIndices(at, n);
  result.fill(0);
  for (let i = 0; i < at.length; i++) {
    const row = at[i] * d;
    for (let j = 0; j < d; j++) result[row + j] += g[i * d + j];
  }
}

/** Reads one element a row. @throws RangeError for an index outside of the row */
export function plainPick({ input, indices, output }: PickCall): void {
  const [x, at, result] = [input, indices, output].map(contiguousElements);
  const classes = input.shape[1];
  checkIndices(at, classes);
  for (let i = 0; i < at.length; i++) result[i] = x[i * classes + at[i]];
}

/** Writes one element a row. @throws RangeError for an index outside of the row */
export function plainPickGrad({ grad, indices, output }: PickGradCall): void {
  const [g, at, result] = [grad, indices, output].map(contiguousElements);
  const classes = output.shape[1];
  checkIndices(at, classes);
  result.fill(0);
  for (let i = 0; i < at.length; i++) result[i * classes + at[i]] = g[i];
}
