import { contiguousElements } from "../../cpu/buffer.js";
import type { TypedArray } from "../../dtype.js";
import type { SoftmaxCall, SoftmaxGradCall } from "./call.js";

/** log(sum(exp(x))) of `n` elements from `start`, safe for large values; -Infinity over nothing. */
export function plainLogSumExp(x: TypedArray, start: number, n: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = start; i < start + n; i++) largest = Math.max(largest, x[i]);
  if (largest === Number.NEGATIVE_INFINITY) return largest;
  let sum = 0;
  for (let i = start; i < start + n; i++) sum += Math.exp(x[i] - largest);
  return largest + Math.log(sum);
}

/** Softmax or log-softmax of rows, with the largest element subtracted first. */
export function plainSoftmax({ input, output, log }: SoftmaxCall): void {
  const [x, y] = [contiguousElements(input), contiguousElements(output)];
  const [rows, n] = input.shape;
  for (let start = 0; start < rows * n; start += n) {
    const total = plainLogSumExp(x, start, n);
    for (let i = start; i < start + n; i++) y[i] = log ? x[i] - total : Math.exp(x[i] - total);
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
