import { elements } from "../../cpu/buffer.js";
import type { GemmCall } from "./call.js";

/** The matrix product as three loops, summed in float64. */
export function plainGemm({ a, b, bias, output }: GemmCall): void {
  const [batch, m, n] = output.shape;
  const k = a.shape[2];
  const [left, right, result] = [elements(a), elements(b), elements(output)];
  const added = bias && elements(bias);
  for (let i = 0; i < batch; i++) {
    for (let row = 0; row < m; row++) {
      for (let column = 0; column < n; column++) {
        let p = a.offset + i * a.strides[0] + row * a.strides[1];
        let q = b.offset + i * b.strides[0] + column * b.strides[2];
        let sum = bias && added ? added[bias.offset + column * bias.strides[0]] : 0;
        for (let l = 0; l < k; l++, p += a.strides[2], q += b.strides[1]) sum += left[p] * right[q];
        result[output.offset + (i * m + row) * n + column] = sum;
      }
    }
  }
}
