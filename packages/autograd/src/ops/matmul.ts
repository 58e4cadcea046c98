import { matmul as matmulTensor } from "@retort/tensor";
import { apply, defineOp } from "../tape.js";
import type { Operand, Variable } from "../variable.js";
import { sum } from "./sum.js";
import { reshape, transpose } from "./views.js";

const op = defineOp({
  name: "matmul",
  forward: ([a, b, bias]) => matmulTensor(a, b, bias),
  vjp: ({ grads: [grad], inputs: [a, b, bias], needs }) => {
    const g = grad as Variable;
    return [
      needs[0] ? matmul(g, transpose(b)) : undefined,
      needs[1] ? weightGrad(a, b, g) : undefined,
      bias && needs[2] ? sum(g, { axes: g.shape.slice(0, -1).map((_, axis) => axis) }) : undefined,
    ];
  },
});

/** A matrix shared by the whole batch gets its gradient in one product over all rows, and in its own layout. */
function weightGrad(a: Variable, b: Variable, grad: Variable): Variable {
  if (b.shape.length > 2) return matmul(transpose(a), grad);
  const [rows, rowGrads] = [a, grad].map((x) =>
    x.shape.length === 2 ? x : reshape(x, [-1, x.shape[x.shape.length - 1]]),
  );
  const liesTransposed = b.value.strides[0] === 1 && b.value.strides[1] !== 1;
  return liesTransposed ? transpose(matmul(transpose(rowGrads), rows)) : matmul(transpose(rows), rowGrads);
}

/**
 * Matrix product over the last two axes, [..., m, k] · [..., k, n] = [..., m, n], plus `bias` [n] on every row.
 * @throws ShapeError when inner lengths differ
 */
export function matmul(a: Operand, b: Operand, bias?: Operand): Variable {
  return apply(op, bias === undefined ? [a, b] : [a, b, bias], undefined)[0];
}
