import { checkSource } from "../kernels/random-fill/words.js";
import { scope } from "../memory.js";
import { Tensor } from "../tensor.js";
import { oneFloatingDtype } from "./check.js";
import { contiguous } from "./copy.js";

/**
 * Dropout (Srivastava et al., 2014): x / (1 - probability) with probability 1 - `probability` (rounded to a multiple of
 * 2^-16), else 0. The mask is a pure function of `key` (two uint32 words), `counter` (the number of the call) and the
 * position in row-major order, so the same call on a gradient is the backward pass.
 * @throws RangeError for a probability outside of 0 to 1, a bad key or counter @throws DTypeError
 */
export function dropout(x: Tensor, probability: number, key: readonly [number, number], counter: number): Tensor {
  const dtype = oneFloatingDtype("dropout", { input: x });
  if (!(probability >= 0 && probability <= 1))
    throw new RangeError(`dropout needs a probability of 0 to 1, found ${probability}`);
  const source = { key, counter };
  checkSource(source);
  return scope(() => {
    const output = Tensor.allocate(x.device, dtype, x.shape);
    x.device.run("dropout", { input: contiguous(x), output, probability, source });
    return output;
  });
}
