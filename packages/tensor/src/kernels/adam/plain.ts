import { contiguousElements } from "../../cpu/buffer.js";
import type { AdamCall, AdamOptions } from "./call.js";

/** Factors of one step: `rate` and `epsilon` with the bias corrections, as Paddle folds them. */
export function adamFactors({ learningRate, beta1, beta2, epsilon, step, decoupledDecay }: AdamOptions): {
  rate: number;
  epsilon: number;
  shrink: number;
} {
  const correction = Math.sqrt(1 - beta2 ** step);
  return {
    rate: (learningRate * correction) / (1 - beta1 ** step),
    epsilon: epsilon * correction,
    shrink: 1 - learningRate * decoupledDecay,
  };
}

/** One step of Adam (Kingma and Ba, 2015), element by element. */
export function plainAdam({ parameter, grad, m, v, gradScale, options }: AdamCall): void {
  const [w, g, first, second] = [parameter, grad, m, v].map(contiguousElements);
  const { rate, epsilon, shrink } = adamFactors(options);
  const { beta1, beta2, l2 } = options;
  const scale = gradScale ? contiguousElements(gradScale)[0] : 1;
  for (let i = 0; i < w.length; i++) {
    const gradient = g[i] * scale + l2 * w[i];
    const mean = beta1 * first[i] + (1 - beta1) * gradient;
    const square = beta2 * second[i] + (1 - beta2) * gradient * gradient;
    first[i] = mean;
    second[i] = square;
    w[i] = w[i] * shrink - (rate * mean) / (Math.sqrt(square) + epsilon);
  }
}
