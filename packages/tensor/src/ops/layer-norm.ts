import { commonDevice } from "../devices.js";
import type { DType } from "../dtype.js";
import { scope } from "../memory.js";
import { type Shape, sizeOf } from "../shape.js";
import { Tensor } from "../tensor.js";
import { needShape, needShapes, oneFloatingDtype } from "./check.js";
import { contiguous } from "./copy.js";
import { reshape } from "./views.js";

/** [..., n] as contiguous [rows, n]. */
function rows(x: Tensor): Tensor {
  return reshape(contiguous(x), [sizeOf(x.shape.slice(0, -1)), x.shape[x.rank - 1]]);
}

function check(operation: string, x: Tensor, perColumn: Readonly<Record<string, Tensor>>): DType {
  const dtype = oneFloatingDtype(operation, { input: x, ...perColumn });
  const length = x.shape[x.rank - 1];
  needShapes(operation, x.rank >= 1 && length > 0, "an input [..., n] with n of at least 1", { input: x });
  needShape(operation, [length], perColumn);
  return dtype;
}

/**
 * Layer normalization (Ba, Kiros and Hinton, 2016) of x [..., n] over the last axis:
 * gamma (x - mean) / sqrt(variance + epsilon) + beta, with gamma and beta [n]. `mean` and `inverseStd` are [...].
 * @throws ShapeError @throws DTypeError
 */
export function layerNorm(
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  epsilon: number,
): { output: Tensor; mean: Tensor; inverseStd: Tensor } {
  const dtype = check("layerNorm", x, { gamma, beta });
  const device = commonDevice([x, gamma, beta]);
  const lead: Shape = x.shape.slice(0, -1);
  return scope(() => {
    const [output, mean, inverseStd] = [x.shape, lead, lead].map((shape) => Tensor.allocate(device, dtype, shape));
    device.run("layerNorm", {
      input: rows(x),
      gamma: contiguous(gamma),
      beta: contiguous(beta),
      epsilon,
      output: rows(output),
      mean: reshape(mean, [mean.size]),
      inverseStd: reshape(inverseStd, [mean.size]),
    });
    return { output, mean, inverseStd };
  });
}

/**
 * Gradients of `layerNorm` from grad [..., n], its input and the saved `mean` and `inverseStd` [...].
 * @throws ShapeError @throws DTypeError
 */
export function layerNormGrad(
  grad: Tensor,
  x: Tensor,
  mean: Tensor,
  inverseStd: Tensor,
  gamma: Tensor,
): { x: Tensor; gamma: Tensor; beta: Tensor } {
  const dtype = check("layerNormGrad", x, { gamma });
  oneFloatingDtype("layerNormGrad", { grad, input: x, mean, inverseStd });
  needShape("layerNormGrad", x.shape, { grad });
  needShape("layerNormGrad", x.shape.slice(0, -1), { mean, inverseStd });
  const device = commonDevice([grad, x, mean, inverseStd, gamma]);
  return scope(() => {
    const [inputGrad, gammaGrad, betaGrad] = [x.shape, gamma.shape, gamma.shape].map((shape) =>
      Tensor.allocate(device, dtype, shape),
    );
    device.run("layerNormGrad", {
      grad: rows(grad),
      input: rows(x),
      mean: reshape(contiguous(mean), [mean.size]),
      inverseStd: reshape(contiguous(inverseStd), [mean.size]),
      gamma: contiguous(gamma),
      inputGrad: rows(inputGrad),
      gammaGrad,
      betaGrad,
    });
    return { x: inputGrad, gamma: gammaGrad, beta: betaGrad };
  });
}
