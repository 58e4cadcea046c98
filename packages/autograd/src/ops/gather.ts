import * as T from "@retort/tensor";
import { apply, defineOp } from "../tape.js";
import type { Operand, Variable } from "../variable.js";

interface Lookup {
  readonly indices: T.Tensor;
  readonly padding: number | undefined;
}

const gatherOp = defineOp<Lookup>({
  name: "gatherRows",
  forward: ([table], { indices }) => T.gatherRows(table, indices),
  vjp: ({ grads: [grad], inputs: [table], attributes }) =>
    apply(scatterOp, [grad as Variable], { ...attributes, rows: table.shape[0] }),
});

const scatterOp = defineOp<Lookup & { rows: number }>({
  name: "scatterAddRows",
  forward: ([grad], { indices, padding, rows }) => {
    const result = T.scatterAddRows(grad, indices, rows);
    if (padding !== undefined) T.fill(T.slice(result, 0, padding, padding + 1), 0);
    return result;
  },
  vjp: ({ grads: [outer], attributes: { indices, padding } }) => [gatherRows(outer as Variable, indices, padding)],
});

/**
 * Rows of table [n, d] by int32 indices [...]: a result [..., d]. Rows named twice add up in the gradient; the row
 * `padding` gets none.
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
