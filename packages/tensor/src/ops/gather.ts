import { commonDevice } from "../devices.js";
import { scope } from "../memory.js";
import { sameShape, sizeOf } from "../shape.js";
import { Tensor } from "../tensor.js";
import { allInt32, needShape, needShapes, oneFloatingDtype } from "./check.js";
import { contiguous } from "./copy.js";
import { reshape } from "./views.js";

/** A contiguous view or copy of another shape. */
function as(x: Tensor, ...shape: number[]): Tensor {
  return reshape(contiguous(x), shape);
}

/**
 * Rows of table [n, d] by int32 indices [...]: [..., d].
 * @throws ShapeError @throws DTypeError @throws RangeError (on the CPU) for an index outside of 0 to n - 1
 */
export function gatherRows(table: Tensor, indices: Tensor): Tensor {
  allInt32("gatherRows", { indices });
  needShapes("gatherRows", table.rank === 2, "a table [n, d]", { table });
  return scope(() => {
    const d = table.shape[1];
    const output = Tensor.allocate(commonDevice([table, indices]), table.dtype, [...indices.shape, d]);
    const target = as(output, indices.size, d);
    output.device.run("gatherRows", { table: contiguous(table), indices: as(indices, indices.size), output: target });
    return output;
  });
}

/**
 * The gradient of a table of `n` rows: grad [..., d] added up by int32 indices [...], in the order of the indices.
 * @throws ShapeError @throws DTypeError @throws RangeError (on the CPU) for an index outside of 0 to n - 1
 */
export function scatterAddRows(grad: Tensor, indices: Tensor, n: number): Tensor {
  const dtype = oneFloatingDtype("scatterAddRows", { grad });
  allInt32("scatterAddRows", { indices });
  const fits = grad.rank === indices.rank + 1 && sameShape(grad.shape.slice(0, -1), indices.shape);
  needShapes("scatterAddRows", fits, "a gradient [..., d] for indices [...]", { grad, indices });
  return scope(() => {
    const d = grad.shape[grad.rank - 1];
    const output = Tensor.allocate(commonDevice([grad, indices]), dtype, [n, d]);
    output.device.run("scatterAddRows", {
      grad: as(grad, indices.size, d),
      indices: as(indices, indices.size),
      output,
    });
    return output;
  });
}

/**
 * One element of every row of x [..., C] by int32 indices [...]: [...].
 * @throws ShapeError @throws DTypeError @throws RangeError (on the CPU) for an index outside of 0 to C - 1
 */
export function pick(x: Tensor, indices: Tensor): Tensor {
  allInt32("pick", { indices });
  const fits = x.rank === indices.rank + 1 && sameShape(x.shape.slice(0, -1), indices.shape);
  needShapes("pick", fits, "an input [..., C] for indices [...]", { input: x, indices });
  return scope(() => {
    const output = Tensor.allocate(commonDevice([x, indices]), x.dtype, indices.shape);
    const rows = sizeOf(indices.shape);
    const input = as(x, rows, x.shape[x.rank - 1]);
    output.device.run("pick", { input, indices: as(indices, rows), output: as(output, rows) });
    return output;
  });
}

/**
 * The gradient of the input of `pick`: [..., classes] with grad [...] at the indices and 0 elsewhere.
 * @throws ShapeError @throws DTypeError @throws RangeError (on the CPU) for an index outside of 0 to classes - 1
 */
export function pickGrad(grad: Tensor, indices: Tensor, classes: number): Tensor {
  const dtype = oneFloatingDtype("pickGrad", { grad });
  allInt32("pickGrad", { indices });
  needShape("pickGrad", indices.shape, { grad });
  return scope(() => {
    const output = Tensor.allocate(commonDevice([grad, indices]), dtype, [...indices.shape, classes]);
    const rows = sizeOf(indices.shape);
    output.device.run("pickGrad", {
      grad: as(grad, rows),
      indices: as(indices, rows),
      output: as(output, rows, classes),
    });
    return output;
  });
}
