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
  const wider = repeated(reshape(input, [samples * channels * height * width, 1, 1]), columns);
  const taller = repeated(reshape(wider, [samples * channels * height, 1, width * columns]), rows);
  return reshape(taller, [samples, channels, rows * height, columns * width]);
}

/** x [N, 1, L] to [N, times, L]. One axis at a time: the second copies whole lines, and its gradient sums them up. */
const repeated = (x: Variable, times: number): Variable => broadcastTo(x, [x.shape[0], times, x.shape[2]]);
