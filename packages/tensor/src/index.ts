export { type BlindDevice, blindDevice } from "./blind.js";
export { cpu } from "./cpu/device.js";
export type { Device, DeviceBuffer, KernelCalls, View } from "./device.js";
export { commonDevice, currentDevice, setDevice, withDevice } from "./devices.js";
export { byteSize, type DType, dtypeOf, hostArray, isFloating, promote, type TypedArray } from "./dtype.js";
export { DeviceError, DTypeError, FormatError, OutOfMemoryError, ReleasedError, ShapeError } from "./errors.js";
export { chainRule, type Expression, expression } from "./expr/expression.js";
export * from "./expr/library.js";
export { constant, select, type Term, type TermLike } from "./expr/term.js";
export * from "./files/index.js";
export { keep, type MemoryStats, memory, type Owner, type Releasable, scope } from "./memory.js";
export { concat, pad } from "./ops/concat.js";
export { assign, cast, contiguous, copy } from "./ops/copy.js";
export { arange, fill, full, ones, tensor, zeros } from "./ops/create.js";
export { evaluate, evaluateInto } from "./ops/evaluate.js";
export { matmul } from "./ops/matmul.js";
export { argmax, max, min, type ReduceOptions, reduce, sum } from "./ops/reduce.js";
export { broadcastTo, expandDims, permute, reshape, slice, squeeze, transpose } from "./ops/views.js";
export * from "./random/index.js";
export {
  broadcastShapes,
  checkShape,
  formatShape,
  isContiguous,
  normalizeAxes,
  normalizeAxis,
  reducedShape,
  rowMajorStrides,
  type Shape,
  sameShape,
  sizeOf,
} from "./shape.js";
export { Tensor } from "./tensor.js";
