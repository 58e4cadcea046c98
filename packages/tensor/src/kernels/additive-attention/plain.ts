import { contiguousElements } from "../../cpu/buffer.js";
import type { TypedArray } from "../../dtype.js";
import { plainLogSumExp } from "../softmax/plain.js";
import type { AdditiveAttentionCall, AdditiveAttentionGradCall } from "./call.js";

/** @throws RangeError for a sample without a valid column */
export function checkWidths(widths: TypedArray): void {
  for (let b = 0; b < widths.length; b++) {
    if (widths[b] < 1) throw new RangeError(`validWidth ${widths[b]} of sample ${b} leaves no column to attend to`);
  }
}

/** Attention weights, summed in float64. @throws RangeError for a sample without a valid column */
export function plainAdditiveAttention(call: AdditiveAttentionCall): void {
  const [query, key, score, bias, widths, result] = [
    call.query,
    call.key,
    call.score,
    call.scoreBias,
    call.validWidth,
    call.output,
  ].map(contiguousElements);
  const [batch, steps, positions] = call.output.shape;
  const depth = score.length;
  checkWidths(widths);
  const energy = new Float64Array(positions);
  for (let row = 0; row < batch * steps; row++) {
    const b = Math.floor(row / steps);
    energy.fill(bias[0]);
    for (let d = 0; d < depth; d++) {
      const start = (b * depth + d) * positions;
      const shift = query[row * depth + d];
      for (let p = 0; p < positions; p++) energy[p] += score[d] * Math.tanh(shift + key[start + p]);
    }
    for (let p = 0; p < positions; p++) if (p % call.width >= widths[b]) energy[p] = Number.NEGATIVE_INFINITY;
    const total = plainLogSumExp(energy, 0, positions);
    for (let p = 0; p < positions; p++) result[row * positions + p] = Math.exp(energy[p] - total);
  }
}

/** Gradients of attention weights, with tanh(query + key) computed again. */
export function plainAdditiveAttentionGrad(call: AdditiveAttentionGradCall): void {
  const [g, weights, query, key, score] = [call.grad, call.weights, call.query, call.key, call.score].map(
    contiguousElements,
  );
  const [batch, steps, positions] = call.weights.shape;
  const depth = score.length;
  const [queryGrad, keyGrad, scoreGrad] = [query, key, score].map((x) => new Float64Array(x.length));
  let biasGrad = 0;
  for (let row = 0; row < batch * steps; row++) {
    const b = Math.floor(row / steps);
    const from = row * positions;
    let mean = 0;
    for (let p = from; p < from + positions; p++) mean += g[p] * weights[p];
    for (let p = 0; p < positions; p++) {
      const energyGrad = weights[from + p] * (g[from + p] - mean);
      biasGrad += energyGrad;
      for (let d = 0; d < depth; d++) {
        const at = (b * depth + d) * positions + p;
        const squashed = Math.tanh(query[row * depth + d] + key[at]);
        const inner = energyGrad * score[d] * (1 - squashed * squashed);
        scoreGrad[d] += energyGrad * squashed;
        queryGrad[row * depth + d] += inner;
        keyGrad[at] += inner;
      }
    }
  }
  contiguousElements(call.queryGrad).set(queryGrad);
  contiguousElements(call.keyGrad).set(keyGrad);
  contiguousElements(call.scoreGrad).set(scoreGrad);
  contiguousElements(call.scoreBiasGrad)[0] = biasGrad;
}
