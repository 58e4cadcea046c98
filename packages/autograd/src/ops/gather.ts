import * as T from "@retort/tensor";
import { apply, defineOp } from "../tape.js";
import type { Operand, Variable } from "../variable.js";

const gatherOp = defineOp<T.Tensor>({
  name: "gatherRows",
  forward: ([table], indices) => T.gatherRows(table, indices),
  vjp: ({ grads: [grad], inputs: [table], attributes: indices }) =>
    apply(scatterOp, [grad as Variable], { indices, rows: table.shape[0] }),
});

const scatterOp = defineOp<{ indices: T.Tensor; rows: number }>({
  name: "scatterAddRows",
  forward: ([grad], { indices, rows }) => T.scatterAddRows(grad, indices, rows),
  vjp: ({ grads: [outer], attributes: { indices } }) => [gatherRows(outer as Variable, indices)],
});

/**
 * Rows of table [n, d] by int32 indices [...]: a result [..., d]. Rows named twice add up in the gradient.
 * @throws RangeError when an index is outside of the table
 */
export function gatherRows(table: Operand, indices: T.Tensor): Variable {
  return apply(gatherOp, [table], indices)[0];
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
