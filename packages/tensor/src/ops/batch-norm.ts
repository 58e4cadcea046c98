import { commonDevice } from "../devices.js";
import type { DType } from "../dtype.js";
import type { Activation } from "../kernels/batch-norm/call.js";
import { scope } from "../memory.js";
import { Tensor } from "../tensor.js";
import { needShape, needShapes, oneFloatingDtype } from "./check.js";
import { contiguous } from "./copy.js";
import { reshape } from "./views.js";

export type { Activation };

/** What `batchNorm` gives: the normalized tensor and the statistics of every channel. */
export interface BatchNormResult {
  readonly output: Tensor;
  /** [C] */
  readonly mean: Tensor;
  /** [C], divided by the count (biased). */
  readonly variance: Tensor;
  /** [C], 1 / sqrt(variance + epsilon). */
  readonly inverseStd: Tensor;
}

function checkActivation(operation: string, activation: Activation | undefined): void {
  if (activation === undefined) return;
  const { expression, parameters } = activation;
  if (expression.inputs.length !== 1 || parameters.length !== expression.parameters.length) {
    throw new TypeError(
      `${operation} needs an activation of one input with a value for each parameter, found inputs ` +
        `(${expression.inputs.join(", ")}), parameters (${expression.parameters.join(", ")}) and ${parameters.length} values`,
    );
  }
}

/** [N, C, ...] as contiguous [N, C, inner]. */
function rows(x: Tensor): Tensor {
  return reshape(contiguous(x), [x.shape[0], x.shape[1], x.shape.slice(2).reduce((a, b) => a * b, 1)]);
}

function check(operation: string, x: Tensor, channels: Readonly<Record<string, Tensor>>): DType {
  const dtype = oneFloatingDtype(operation, { input: x, ...channels });
  needShapes(operation, x.rank >= 2, "an input [N, C, ...]", { input: x });
  needShape(operation, [x.shape[1]], channels);
  return dtype;
}

/**
 * Batch normalization (Ioffe and Szegedy, 2015) of x [N, C, ...] over all axes but the second:
 * gamma (x - mean) / sqrt(variance + epsilon) + beta, with gamma and beta [C]. `activation` is applied in the same pass.
 * @throws ShapeError also when there is nothing to take a mean of @throws DTypeError
 */
export function batchNorm(
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  epsilon: number,
  activation?: Activation,
): BatchNormResult {
  const dtype = check("batchNorm", x, { gamma, beta });
  checkActivation("batchNorm", activation);
  needShapes("batchNorm", x.size > 0 || x.shape[1] === 0, "at least one element a channel", { input: x });
  const device = commonDevice([x, gamma, beta]);
  return scope(() => {
    const [output, mean, variance, inverseStd] = [x.shape, gamma.shape, gamma.shape, gamma.shape].map((shape) =>
      Tensor.allocate(device, dtype, shape),
    );
    device.run("batchNorm", {
      input: rows(x),
      gamma: contiguous(gamma),
      beta: contiguous(beta),
      epsilon,
      output: rows(output),
      mean,
      variance,
      inverseStd,
      activation,
    });
    return { output, mean, variance, inverseStd };
  });
}

/**
 * Gradients of `batchNorm` from grad [N, C, ...], its input and the saved `mean` and `inverseStd`. After a
 * forward pass with an activation give it again, together with `beta`.
 * @throws ShapeError @throws DTypeError
 */
export function batchNormGrad(
  grad: Tensor,
  x: Tensor,
  mean: Tensor,
  inverseStd: Tensor,
  gamma: Tensor,
  activation?: Activation & { readonly beta: Tensor },
): { x: Tensor; gamma: Tensor; beta: Tensor } {
  const dtype = check("batchNormGrad", x, { mean, inverseStd, gamma, ...(activation && { beta: activation.beta }) });
  checkActivation("batchNormGrad", activation);
  oneFloatingDtype("batchNormGrad", { grad, input: x });
  needShape("batchNormGrad", x.shape, { grad });
  const device = commonDevice([grad, x, mean, inverseStd, gamma]);
  return scope(() => {
    const [inputGrad, gammaGrad, betaGrad] = [x.shape, gamma.shape, gamma.shape].map((shape) =>
      Tensor.allocate(device, dtype, shape),
    );
    device.run("batchNormGrad", {
      grad: rows(grad),
      input: rows(x),
      mean: contiguous(mean),
      inverseStd: contiguous(inverseStd),
      gamma: contiguous(gamma),
      activation: activation && { ...activation, beta: contiguous(activation.beta) },
      inputGrad: rows(inputGrad),
      gammaGrad,
      betaGrad,
    });
    return { x: inputGrad, gamma: gammaGrad, beta: betaGrad };
  });
}

/**
 * x [N, C, ...] normalized with given statistics [C], such as running ones.
 * @throws ShapeError @throws DTypeError
 */
export function batchNormInference(
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  mean: Tensor,
  variance: Tensor,
  epsilon: number,
  activation?: Activation,
): Tensor {
  const dtype = check("batchNormInference", x, { gamma, beta, mean, variance });
  checkActivation("batchNormInference", activation);
  const device = commonDevice([x, gamma, beta, mean, variance]);
  return scope(() => {
    const output = Tensor.allocate(device, dtype, x.shape);
    device.run("batchNormInference", {
      input: rows(x),
      gamma: contiguous(gamma),
      beta: contiguous(beta),
      mean: contiguous(mean),
      variance: contiguous(variance),
      epsilon,
      output: rows(output),
      activation,
    });
    return output;
  });
}
