import { commonDevice } from "../devices.js";
import { scope } from "../memory.js";
import { sizeOf } from "../shape.js";
import { Tensor } from "../tensor.js";
import { needShape, needShapes, oneFloatingDtype } from "./check.js";
import { contiguous } from "./copy.js";
import { reshape } from "./views.js";

/** [..., n] as contiguous [rows, n]. */
function rows(x: Tensor): Tensor {
  return reshape(contiguous(x), [sizeOf(x.shape.slice(0, -1)), x.shape[x.rank - 1]]);
}

function forward(operation: string, x: Tensor, log: boolean): Tensor {
  const dtype = oneFloatingDtype(operation, { input: x });
  needShapes(operation, x.rank >= 1, "an input [..., n]", { input: x });
  return scope(() => {
    const output = Tensor.allocate(x.device, dtype, x.shape);
    x.device.run("softmax", { input: rows(x), output: rows(output), log });
    return output;
  });
}

function backward(operation: string, grad: Tensor, y: Tensor, log: boolean): Tensor {
  const dtype = oneFloatingDtype(operation, { grad, result: y });
  needShapes(operation, y.rank >= 1, "a result [..., n]", { result: y });
  needShape(operation, y.shape, { grad });
  return scope(() => {
    const output = Tensor.allocate(commonDevice([grad, y]), dtype, y.shape);
    output.device.run("softmaxGrad", { grad: rows(grad), result: rows(y), output: rows(output), log });
    return output;
  });
}

/**
 * exp(x) / sum(exp(x)) over the last axis, safe for large values. Elements of -Infinity become 0; a row of nothing else
 * becomes NaN.
 * @throws ShapeError @throws DTypeError
 */
export function softmax(x: Tensor): Tensor {
  return forward("softmax", x, false);
}

/** The logarithm of `softmax`, without a logarithm of small numbers. @throws ShapeError @throws DTypeError */
export function logSoftmax(x: Tensor): Tensor {
  return forward("logSoftmax", x, true);
}

/** The gradient of the input of `softmax` from its result `y`. @throws ShapeError @throws DTypeError */
export function softmaxGrad(grad: Tensor, y: Tensor): Tensor {
  return backward("softmaxGrad", grad, y, false);
}

/** The gradient of the input of `logSoftmax` from its result `y`. @throws ShapeError @throws DTypeError */
export function logSoftmaxGrad(grad: Tensor, y: Tensor): Tensor {
  return backward("logSoftmaxGrad", grad, y, true);
}
