import { type DType, formatShape, ShapeError, type Tensor, tensor } from "@retort/tensor";
import { asVariable, type Operand, type Variable } from "../variable.js";
import { matmul } from "./matmul.js";
import { avgPool2d } from "./pool2d.js";
import { transpose } from "./views.js";

/** How much each of `to` bins takes of each of `from` places: [from, to]. */
function shares(from: number, to: number, dtype: DType): Tensor {
  const weights = new Array<number>(from * to).fill(0);
  for (let bin = 0; bin < to; bin++) {
    const [start, end] = [Math.floor((bin * from) / to), Math.ceil(((bin + 1) * from) / to)];
    for (let place = start; place < end; place++) weights[place * to + bin] = 1 / (end - start);
  }
  return tensor(weights, [from, to], dtype);
}

/**
 * Means of x [N, C, H, W] in `rows` by `columns` bins: [N, C, rows, columns]. Bin i of n reaches from floor(i · H / n)
 * to ceil((i + 1) · H / n), so bins overlap where they cannot be equal, and repeat places where there are more of them.
 * As Paddle's `adaptive_avg_pool2d`.
 * @throws ShapeError when `x` has another rank or no place to take a mean of
 */
export function adaptiveAvgPool2d(x: Operand, [rows, columns]: readonly [number, number]): Variable {
  const input = asVariable(x);
  const [, , height, width] = input.shape;
  if (input.shape.length !== 4 || height === 0 || width === 0) {
    throw new ShapeError(`adaptiveAvgPool2d needs a map [N, C, H, W], found ${formatShape(input.shape)}`);
  }
  if (height % rows === 0 && width % columns === 0) {
    return avgPool2d(input, { kernel: [height / rows, width / columns] });
  }
  const narrowed = matmul(input, shares(width, columns, input.dtype));
  return matmul(transpose(shares(height, rows, input.dtype)), narrowed);
}
