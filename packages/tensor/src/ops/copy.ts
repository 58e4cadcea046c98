import type { Device } from "../device.js";
import { withDevice } from "../devices.js";
import type { DType } from "../dtype.js";
import { identity } from "../expr/library.js";
import { scope } from "../memory.js";
import type { Tensor } from "../tensor.js";
import { tensor } from "./create.js";
import { evaluate, evaluateInto } from "./evaluate.js";

/** A contiguous copy. */
export function copy(x: Tensor): Tensor {
  return evaluate(identity, [x]);
}

/** A contiguous copy on `device`. @throws DeviceError where `x` lies on another one that can only be read asynchronously */
export function copyTo(device: Device, x: Tensor): Tensor {
  return x.device === device ? copy(x) : withDevice(device, () => tensor(x.dataSync(), x.shape, x.dtype));
}

/** `x` with its elements in row-major order without gaps: another handle of the same memory if it has them already. */
export function contiguous(x: Tensor): Tensor {
  return x.contiguous ? x.view(x.shape, x.strides, x.offset) : copy(x);
}

/** A copy with another element type; numbers are cut towards zero on the way to integers, and compared with 0 for bool. */
export function cast(x: Tensor, dtype: DType): Tensor {
  return evaluate(identity, [x], [], dtype);
}

/**
 * Writes `source`, broadcast and converted, into `target`, in place.
 * @throws ShapeError
 * @throws DeviceError where `source` lies on another device that can only be read asynchronously
 */
export function assign(target: Tensor, source: Tensor): void {
  if (source.device === target.device) evaluateInto(target, identity, [source]);
  else scope(() => evaluateInto(target, identity, [copyTo(target.device, source)]));
}
