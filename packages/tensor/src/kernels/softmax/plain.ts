import { contiguousElements } from "../../cpu/buffer.js";
import type { TypedArray } from "../../dtype.js";
import type { SoftmaxCall, SoftmaxGradCall } from "./call.js";

/** The largest of `n` elements from `start`, and the logarithm of the sum of exp(x - largest). */
function shifted(x: TypedArray, start: number, n: number): { largest: number; log: number } {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = start; i < start + n; i++) largest = Math.max(largest, x[i]);
  let sum = 0;
  for (let i = start; i < start + n; i++) sum += Math.exp(x[i] - largest);
  return { largest, log: Math.log(sum) };
}

/** log(sum(exp(x))) of `n` elements from `start`, safe for large values; -Infinity for nothing but that. */
export function plainLogSumExp(x: TypedArray, start: number, n: number): number {
  const { largest, log } = shifted(x, start, n);
  return largest === Number.NEGATIVE_INFINITY ? largest : largest + log;
}

/** Softmax or log-softmax of rows, with the largest element subtracted first. */
export function plainSoftmax({ input, output, log }: SoftmaxCall): void {
  const [x, y] = [contiguousElements(input), contiguousElements(output)];
  const [rows, n] = input.shape;
  for (let row = 0; row < rows; row++) {
    const { largest, log: total } = shifted(x, row * n, n);
    for (let i = row * n; i < (row + 1) * n; i++) {
      const value = x[i] - largest - total;
      y[i] = log ? value : Math.exp(value);
    }
  }
}

/** Gradient of softmax or log-softmax of rows. */
export function plainSoftmaxGrad({ grad, result, output, log }: SoftmaxGradCall): void {
  const [g, y, gx] = [grad, result, output].map(contiguousElements);
  const [rows, n] = grad.shape;
  for (let start = 0; start < rows * n; start += n) {
    let sum = 0;
    for (let i = start; i < start + n; i++) sum += log ? g[i] : g[i] * y[i];
    for (let i = start; i < start + n; i++) gx[i] = log ? g[i] - Math.exp(y[i]) * sum : y[i] * (g[i] - sum);
  }
}
