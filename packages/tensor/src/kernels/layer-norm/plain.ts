import { contiguousElements } from "../../cpu/buffer.js";
import type { LayerNormCall, LayerNormGradCall } from "./call.js";

/** Layer normalization in two passes over a row, summed in float64. */
export function plainLayerNorm(call: LayerNormCall): void {
  const [x, gamma, beta, y] = [call.input, call.gamma, call.beta, call.output].map(contiguousElements);
  const [means, inverses] = [call.mean, call.inverseStd].map(contiguousElements);
  const [rows, n] = call.input.shape;
  for (let row = 0; row < rows; row++) {
    const start = row * n;
    let sum = 0;
    for (let i = 0; i < n; i++) sum += x[start + i];
    const mean = sum / n;
    let squares = 0;
    for (let i = 0; i < n; i++) squares += (x[start + i] - mean) ** 2;
    const inverse = 1 / Math.sqrt(squares / n + call.epsilon);
    for (let i = 0; i < n; i++) y[start + i] = (x[start + i] - mean) * inverse * gamma[i] + beta[i];
    means[row] = mean;
    inverses[row] = inverse;
  }
}

/** Gradients of layer normalization, summed in float64. */
export function plainLayerNormGrad(call: LayerNormGradCall): void {
  const [g, x, means, inverses, gamma] = [call.grad, call.input, call.mean, call.inverseStd, call.gamma].map(
    contiguousElements,
  );
  const gx = contiguousElements(call.inputGrad);
  const [rows, n] = call.input.shape;
  const [gGamma, gBeta] = [new Float64Array(n), new Float64Array(n)];
  for (let row = 0; row < rows; row++) {
    const start = row * n;
    const [mean, inverse] = [means[row], inverses[row]];
    let sum = 0;
    let product = 0;
    for (let i = 0; i < n; i++) {
      const centred = (x[start + i] - mean) * inverse;
      const scaled = g[start + i] * gamma[i];
      gGamma[i] += g[start + i] * centred;
      gBeta[i] += g[start + i];
      sum += scaled;
      product += scaled * centred;
    }
    for (let i = 0; i < n; i++) {
      const centred = (x[start + i] - mean) * inverse;
      gx[start + i] = inverse * (g[start + i] * gamma[i] - (sum + centred * product) / n);
    }
  }
  contiguousElements(call.gammaGrad).set(gGamma);
  contiguousElements(call.betaGrad).set(gBeta);
}
