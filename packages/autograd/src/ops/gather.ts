import * as T from "@retort/tensor";
import { apply, defineOp } from "../tape.js";
import type { Operand, Variable } from "../variable.js";

interface Lookup {
  readonly indices: T.Tensor;
  readonly padding: number | undefined;
}

const gatherOp = defineOp<Lookup>({
  name: "gatherRows",
  forward: ([table], { indices, padding }) => withoutPadding(T.gatherRows(table, indices), indices, padding),
  vjp: ({ grads: [grad], inputs: [table], attributes }) =>
    apply(scatterOp, [grad as Variable], { ...attributes, rows: table.shape[0] }),
});

const scatterOp = defineOp<Lookup & { rows: number }>({
  name: "scatterAddRows",
  forward: ([grad], { indices, padding, rows }) =>
    T.scatterAddRows(withoutPadding(grad, indices, padding), indices, rows),
  vjp: ({ grads: [outer], attributes: { indices, padding } }) => [gatherRows(outer as Variable, indices, padding)],
});

const counts = T.expression(({ index }, { padding }) => index.ne(padding));
const ifCounted = T.expression(({ row, counted }) => T.selectTerm(counted.ne(0), row, 0));

/** Rows [..., d] with 0 where the index is `padding`. The rows meet a mask of their own dtype, so that SIMD takes them. */
function withoutPadding(rows: T.Tensor, indices: T.Tensor, padding: number | undefined): T.Tensor {
  if (padding === undefined) return rows;
  const counted = T.evaluate(counts, [T.expandDims(indices, indices.rank)], [padding], rows.dtype);
  return T.evaluate(ifCounted, [rows, counted]);
}

/**
 * Rows of table [n, d] by int32 indices [...]: a result [..., d]. Rows named twice add up in the gradient. Where an
 * index is `padding` the result is 0, and that row gets no gradient.
 * @throws RangeError when an index is outside of the table
 */
export function gatherRows(table: Operand, indices: T.Tensor, padding?: number): Variable {
  return apply(gatherOp, [table], { indices, padding })[0];
}

const pickOp = defineOp<T.Tensor>({
  name: "pick",
  forward: ([x], indices) => T.pick(x, indices),
  vjp: ({ grads: [grad], inputs: [x], attributes: indices }) =>
    apply(placeOp, [grad as Variable], { indices, classes: x.shape[x.shape.length - 1] }),
});

const placeOp = defineOp<{ indices: T.Tensor; classes: number }>({
  name: "pickGrad",
  forward: ([grad], { indices, classes }) => T.pickGrad(grad, indices, classes),
  vjp: ({ grads: [outer], attributes: { indices } }) => [pick(outer as Variable, indices)],
});

/**
 * One element of each row of x [..., C], chosen by int32 indices [...].
 * @throws RangeError when an index is not below C
 */
export function pick(x: Operand, indices: T.Tensor): Variable {
  return apply(pickOp, [x], indices)[0];
}
