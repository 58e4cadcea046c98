import { contiguousElements } from "../../cpu/buffer.js";
import { hostArray, type TypedArray } from "../../dtype.js";
import { pullback } from "../../expr/differentiate.js";
import { runPlain } from "../../expr/plain.js";
import type { Shape } from "../../shape.js";
import type { Activation, BatchNormCall, BatchNormGradCall, BatchNormInferenceCall } from "./call.js";

/** Calls `visit` with the position of every element of channel `c` of [N, C, inner]. */
function forEachOf(c: number, [images, channels, inner]: Shape, visit: (at: number) => void): void {
  for (let n = 0; n < images; n++) {
    const start = (n * channels + c) * inner;
    for (let i = 0; i < inner; i++) visit(start + i);
  }
}

/** Applies the activation to `y`, in place. */
function activate(activation: Activation | undefined, y: TypedArray): void {
  if (activation === undefined) return;
  const all = { data: y, offset: 0, strides: [1] };
  runPlain(activation.expression, [y.length], [all], activation.parameters, all);
}

/** The gradient before the activation. */
function gradBefore(call: BatchNormGradCall): TypedArray {
  const { input, activation } = call;
  const [g, x, means, inverses, gamma] = [call.grad, input, call.mean, call.inverseStd, call.gamma].map(
    contiguousElements,
  );
  if (activation === undefined) return g;
  const beta = contiguousElements(activation.beta);
  const [normalized, result] = [hostArray(input.dtype, x.length), hostArray(input.dtype, x.length)];
  for (let c = 0; c < input.shape[1]; c++) {
    forEachOf(c, input.shape, (at) => {
      normalized[at] = (x[at] - means[c]) * inverses[c] * gamma[c] + beta[c];
    });
  }
  const [cotangent, point, output] = [g, normalized, result].map((data) => ({ data, offset: 0, strides: [1] }));
  const { expression, parameters } = activation;
  runPlain(pullback(expression, expression.inputs[0]), [x.length], [cotangent, point], parameters, output);
  return result;
}

/** Batch normalization in two passes over a channel (mean, then squared distances), summed in float64. */
export function plainBatchNorm(call: BatchNormCall): void {
  const { input, epsilon } = call;
  const [x, gamma, beta, y] = [call.input, call.gamma, call.beta, call.output].map(contiguousElements);
  const [means, variances, inverses] = [call.mean, call.variance, call.inverseStd].map(contiguousElements);
  const [images, channels, inner] = input.shape;
  const count = images * inner;
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    forEachOf(c, input.shape, (at) => {
      sum += x[at];
    });
    const mean = sum / count;
    let squares = 0;
    forEachOf(c, input.shape, (at) => {
      squares += (x[at] - mean) ** 2;
    });
    const inverse = 1 / Math.sqrt(squares / count + epsilon);
    means[c] = mean;
    variances[c] = squares / count;
    inverses[c] = inverse;
    forEachOf(c, input.shape, (at) => {
      y[at] = (x[at] - mean) * inverse * gamma[c] + beta[c];
    });
  }
  activate(call.activation, y);
}

/** Gradients of batch normalization, summed in float64. */
export function plainBatchNormGrad(call: BatchNormGradCall): void {
  const { input } = call;
  const g = gradBefore(call);
  const [x, means, inverses, gamma] = [input, call.mean, call.inverseStd, call.gamma].map(contiguousElements);
  const [gx, gGamma, gBeta] = [call.inputGrad, call.gammaGrad, call.betaGrad].map(contiguousElements);
  const [images, channels, inner] = input.shape;
  const count = images * inner;
  for (let c = 0; c < channels; c++) {
    const [mean, inverse] = [means[c], inverses[c]];
    let sum = 0;
    let product = 0;
    forEachOf(c, input.shape, (at) => {
      sum += g[at];
      product += g[at] * (x[at] - mean) * inverse;
    });
    gGamma[c] = product;
    gBeta[c] = sum;
    forEachOf(c, input.shape, (at) => {
      gx[at] = gamma[c] * inverse * (g[at] - sum / count - ((x[at] - mean) * inverse * product) / count);
    });
  }
}

/** Normalization with given statistics. */
export function plainBatchNormInference(call: BatchNormInferenceCall): void {
  const { input, epsilon } = call;
  const [x, gamma, beta, y] = [input, call.gamma, call.beta, call.output].map(contiguousElements);
  const [means, variances] = [call.mean, call.variance].map(contiguousElements);
  for (let c = 0; c < input.shape[1]; c++) {
    const inverse = 1 / Math.sqrt(variances[c] + epsilon);
    forEachOf(c, input.shape, (at) => {
      y[at] = (x[at] - means[c]) * inverse * gamma[c] + beta[c];
    });
  }
  activate(call.activation, y);
}
