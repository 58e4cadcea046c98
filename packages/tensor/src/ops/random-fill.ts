import { currentDevice } from "../devices.js";
import type { DType } from "../dtype.js";
import { checkSource } from "../kernels/random-fill/words.js";
import type { Shape } from "../shape.js";
import { Tensor } from "../tensor.js";
import { oneFloatingDtype } from "./check.js";

/**
 * Numbers uniform from `low` to `high`. A pure function of `key` (two uint32 words), `counter` (the number of the call) and the
 * position.
 * @throws ShapeError @throws DTypeError @throws RangeError for a bad key or counter
 */
export function randomUniform(
  shape: Shape,
  low: number,
  high: number,
  key: readonly [number, number],
  counter: number,
  dtype: DType = "float32",
): Tensor {
  return draw("uniform", shape, low, high - low, key, counter, dtype);
}

/**
 * Normal numbers with the given mean and standard deviation; otherwise as `randomUniform`.
 * @throws ShapeError @throws DTypeError @throws RangeError for a bad key or counter
 */
export function randomNormal(
  shape: Shape,
  mean: number,
  std: number,
  key: readonly [number, number],
  counter: number,
  dtype: DType = "float32",
): Tensor {
  return draw("normal", shape, mean, std, key, counter, dtype);
}

function draw(
  kind: "uniform" | "normal",
  shape: Shape,
  shift: number,
  scale: number,
  key: readonly [number, number],
  counter: number,
  dtype: DType,
): Tensor {
  const source = { key, counter };
  checkSource(source);
  const output = Tensor.allocate(currentDevice(), dtype, shape);
  oneFloatingDtype(`random ${kind} numbers`, { output });
  output.device.run("randomFill", { output, kind, shift, scale, source });
  return output;
}
