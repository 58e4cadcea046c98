import { matmul, type Variable } from "@retort/autograd";
import { type Shape, type Tensor, tensor, transpose } from "@retort/tensor";

/**
 * A float32 map [B, C, H, W] or sequence [B, T, C] with another H and W, or another T, by linear interpolation. Values
 * stand for areas: output i looks at (i + 0.5) · from / to - 0.5, and beyond the outer centres the edge goes on, as
 * PyTorch's `interpolate` with `align_corners=False`.
 */
export function resize(x: Variable, shape: Shape): Variable {
  const { length } = shape;
  const [from, to] = [x.shape[length - 2], shape[length - 2]];
  const rows = from === to ? x : matmul(interpolation(from, to), x);
  if (length === 3 || x.shape[3] === shape[3]) return rows;
  return matmul(rows, transpose(interpolation(x.shape[3], shape[3])));
}

/** How much each output takes of every input: [to, from]. */
function interpolation(from: number, to: number): Tensor {
  const weights = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    const low = Math.floor(at);
    weights[i * from + low] += 1 - (at - low);
    weights[i * from + Math.min(low + 1, from - 1)] += at - low;
  }
  return tensor(weights, [to, from]);
}
