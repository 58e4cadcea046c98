import { contiguousElements } from "../../cpu/buffer.js";
import type { LstmCall, LstmGradCall } from "./call.js";

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** An LSTM over a sequence, one step and sample after the other. */
export function plainLstm(call: LstmCall): void {
  const [gates, weight, output, cell, activations] = [
    call.gates,
    call.weight,
    call.output,
    call.cell,
    call.activations,
  ].map(contiguousElements);
  const initialH = call.initialH && contiguousElements(call.initialH);
  const initialC = call.initialC && contiguousElements(call.initialC);
  const [batch, steps, size] = call.output.shape;
  for (let b = 0; b < batch; b++) {
    let [h, c] = [initialH, initialC].map((start) =>
      Float64Array.from({ length: size }, (_, i) => start?.[b * size + i] ?? 0),
    );
    for (let step = 0; step < steps; step++) {
      const at = b * steps + (call.reverse ? steps - 1 - step : step);
      for (let row = 0; row < 4 * size; row++) {
        let sum = gates[at * 4 * size + row];
        for (let j = 0; j < size; j++) sum += weight[row * size + j] * h[j];
        activations[at * 4 * size + row] = row >= 2 * size && row < 3 * size ? Math.tanh(sum) : sigmoid(sum);
      }
      const [input, forget, candidate, out] = [0, 1, 2, 3].map((gate) => at * 4 * size + gate * size);
      for (let j = 0; j < size; j++) {
        const value = activations[forget + j] * c[j] + activations[input + j] * activations[candidate + j];
        cell[at * size + j] = value;
        output[at * size + j] = activations[out + j] * Math.tanh(value);
      }
      h = Float64Array.from(output.subarray(at * size, (at + 1) * size));
      c = Float64Array.from(cell.subarray(at * size, (at + 1) * size));
    }
  }
}

/** Gradients of an LSTM, walking back in time. */
export function plainLstmGrad(call: LstmGradCall): void {
  const [g, cell, act, weight] = [call.outputGrad, call.cell, call.activations, call.weight].map(contiguousElements);
  const [gatesGrad, cGrad] = [call.gatesGrad, call.initialCGrad].map(contiguousElements);
  const hGrad = call.initialHGrad && contiguousElements(call.initialHGrad);
  const initialC = call.initialC && contiguousElements(call.initialC);
  const last = [call.lastHGrad, call.lastCGrad].map((view) => view && contiguousElements(view));
  const [batch, steps, size] = call.cell.shape;
  for (let b = 0; b < batch; b++) {
    const [dh, dc] = last.map((grad) => Float64Array.from({ length: size }, (_, i) => grad?.[b * size + i] ?? 0));
    for (let step = steps - 1; step >= 0; step--) {
      const at = b * steps + (call.reverse ? steps - 1 - step : step);
      const before = at + (call.reverse ? 1 : -1);
      const [input, forget, candidate, out] = [0, 1, 2, 3].map((gate) => at * 4 * size + gate * size);
      for (let j = 0; j < size; j++) {
        const [i, f, n, o] = [act[input + j], act[forget + j], act[candidate + j], act[out + j]];
        const previous = step > 0 ? cell[before * size + j] : (initialC?.[b * size + j] ?? 0);
        const squashed = Math.tanh(cell[at * size + j]);
        const gradH = dh[j] + g[at * size + j];
        const gradC = dc[j] + gradH * o * (1 - squashed * squashed);
        gatesGrad[input + j] = gradC * n * i * (1 - i);
        gatesGrad[forget + j] = gradC * previous * f * (1 - f);
        gatesGrad[candidate + j] = gradC * i * (1 - n * n);
        gatesGrad[out + j] = gradH * squashed * o * (1 - o);
        dc[j] = gradC * f;
      }
      dh.fill(0);
      for (let row = 0; row < 4 * size; row++) {
        const value = gatesGrad[at * 4 * size + row];
        for (let j = 0; j < size; j++) dh[j] += value * weight[row * size + j];
      }
    }
    hGrad?.set(dh, b * size);
    cGrad.set(dc, b * size);
  }
}
