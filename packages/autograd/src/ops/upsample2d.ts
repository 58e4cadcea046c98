import { formatShape, ShapeError } from "@retort/tensor";
import { asVariable, type Operand, type Variable } from "../variable.js";
import { pair } from "./conv2d.js";
import { broadcastTo, reshape } from "./views.js";

/**
 * Every element of x [N, C, H, W] repeated: [N, C, rows · H, columns · W]. `factor` is a whole number for both, or
 * [rows, columns]. As Paddle's `upsample` with `mode="nearest"`.
 * @throws ShapeError when `x` has another rank or a factor is no whole number from 1 on
 */
export function upsampleNearest2d(x: Operand, factor: number | readonly [number, number]): Variable {
  const input = asVariable(x);
  const [rows, columns] = pair(factor);
  if (input.shape.length !== 4 || ![rows, columns].every((times) => Number.isInteger(times) && times >= 1)) {
    throw new ShapeError(
      `upsampleNearest2d needs a map [N, C, H, W] and whole factors, found ${formatShape(input.shape)} and ` +
        formatShape([rows, columns]),
    );
  }
  const [samples, channels, height, width] = input.shape;
  const lines = samples * channels * height;
  const apart = reshape(input, [lines, 1, width, 1]);
  const repeated = broadcastTo(apart, [lines, rows, width, columns]);
  return reshape(repeated, [samples, channels, rows * height, columns * width]);
}
