import type { View } from "../device.js";
import { commonDevice } from "../devices.js";
import { isFloating } from "../dtype.js";
import { DTypeError, ShapeError } from "../errors.js";
import { scope } from "../memory.js";
import { broadcastShapes, broadcastStrides, formatShape, rowMajorStrides, type Shape, sizeOf } from "../shape.js";
import { Tensor } from "../tensor.js";
import { reshape } from "./views.js";

/**
 * Matrix product over the last two axes, [..., m, k] · [..., k, n] = [..., m, n], plus `bias` [n] on every row if given.
 * Leading axes broadcast. Strided and transposed views are read as they are.
 * @throws ShapeError when inner lengths differ, or a tensor has fewer than 2 axes
 * @throws DTypeError when dtypes differ or are no floating point
 */
export function matmul(a: Tensor, b: Tensor, bias?: Tensor): Tensor {
  checkOperands(a, b, bias);
  const lead = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const [m, k] = a.shape.slice(-2);
  const n = b.shape[b.rank - 1];
  return scope(() => {
    const output = Tensor.allocate(commonDevice(bias === undefined ? [a, b] : [a, b, bias]), a.dtype, [...lead, m, n]);
    // A right matrix that all products share is packed once for all their rows. That is worth a copy of left ones which
    // are much smaller.
    const isShared = sizeOf(b.shape.slice(0, -2)) === 1;
    if (lead.length > 0 && isShared && (a.contiguous || (sizeOf(lead) > 1 && 4 * m < n))) {
      const rows = sizeOf(lead) * m;
      run(view3(reshape(a, [1, rows, k]), []), view3(b, []), bias, output, [1, rows, n]);
    } else {
      run(view3(a, lead), view3(b, lead), bias, output, [sizeOf(lead), m, n]);
    }
    return output;
  });
}

function run(a: View, b: View, bias: Tensor | undefined, output: Tensor, shape: Shape): void {
  const target = { buffer: output.buffer, dtype: output.dtype, shape, strides: rowMajorStrides(shape), offset: 0 };
  output.device.run("gemm", { a, b, output: target, bias });
}

/** `x` broadcast to leading axes `lead` and seen as [batch, rows, columns]. */
function view3(x: Tensor, lead: Shape): View {
  const matrix = x.shape.slice(-2);
  const shape = [sizeOf(lead), ...matrix];
  if (lead.length === 0)
    return { buffer: x.buffer, dtype: x.dtype, shape, strides: [0, ...x.strides.slice(-2)], offset: x.offset };
  const strides = broadcastStrides(x.shape, x.strides, [...lead, ...matrix]);
  const broadcast = x.view([...lead, ...matrix], strides, x.offset);
  const merged = sizeOf(x.shape.slice(0, -2)) === 1 ? broadcast : reshape(broadcast, shape);
  const batchStride = merged === broadcast ? 0 : merged.strides[0];
  return {
    buffer: merged.buffer,
    dtype: x.dtype,
    shape,
    strides: [batchStride, ...merged.strides.slice(-2)],
    offset: merged.offset,
  };
}

function checkOperands(a: Tensor, b: Tensor, bias?: Tensor): void {
  if (a.rank < 2 || b.rank < 2 || a.shape[a.rank - 1] !== b.shape[b.rank - 2]) {
    throw new ShapeError(
      `matmul of ${formatShape(a.shape)} and ${formatShape(b.shape)}: needs [..., m, k] and [..., k, n]`,
    );
  }
  if (a.dtype !== b.dtype || !isFloating(a.dtype) || (bias !== undefined && bias.dtype !== a.dtype)) {
    throw new DTypeError(
      `matmul needs one floating dtype, found ${a.dtype}, ${b.dtype}${bias ? ` and bias ${bias.dtype}` : ""}`,
    );
  }
  const n = b.shape[b.rank - 1];
  if (bias !== undefined && (bias.rank !== 1 || bias.shape[0] !== n)) {
    throw new ShapeError(`matmul needs a bias of shape [${n}], found ${formatShape(bias.shape)}`);
  }
}
