import { commonDevice } from "../devices.js";
import { scope } from "../memory.js";
import { Tensor } from "../tensor.js";
import { needShapes } from "./check.js";
import { contiguous } from "./copy.js";

/**
 * 1 at the `count` largest elements of x and 0 elsewhere, in the shape and dtype of x. Of equal elements the first in
 * row-major order are taken; NaN counts as largest. `count` is a tensor, so that it may depend on data that nobody
 * reads: it is rounded down and held between 0 and the number of elements.
 * @throws ShapeError when `count` has not exactly one element
 */
export function largest(x: Tensor, count: Tensor): Tensor {
  needShapes("largest", count.size === 1, "a count of one element", { input: x, count });
  return scope(() => {
    const output = Tensor.allocate(commonDevice([x, count]), x.dtype, x.shape);
    output.device.run("largest", { input: contiguous(x), count: contiguous(count), output });
    return output;
  });
}
