import { addressOf } from "../../cpu/buffer.js";
import { parallelFor } from "../../cpu/threads.js";
import type { View } from "../../device.js";
import { type FunctionBuilder, f32, type Int, i32, type Kernel, kernel, type Local, ptr } from "../../wasm/index.js";
import { grainOf } from "../choice.js";
import type { AvgPool2dCall, AvgPool2dGradCall, MaxPool2dCall, MaxPool2dGradCall, Pool2dWindow } from "./call.js";

// One plane (image and channel) is one unit of work. Windows are small and overlap, so elements are read one by one.

const sizes = { height: i32, width: i32, outHeight: i32, outWidth: i32 } as const;
const windowParams = { kernelY: i32, kernelX: i32, strideY: i32, strideX: i32, padY: i32, padX: i32 } as const;
type Words = { readonly [K in keyof typeof sizes | keyof typeof windowParams]: Int };

/** The part of a window within one axis, and how many elements it has with padding. */
interface Span {
  readonly from: Local<Int>;
  readonly to: Local<Int>;
  readonly padded: Local<Int>;
}

function span(f: FunctionBuilder, at: Int, [kernelSize, stride, pad, length]: readonly Int[]): Span {
  const first = f.local(at.mul(stride).sub(pad));
  const last = f.local(first.add(kernelSize));
  const edge = f.local(length.add(pad));
  const padded = f.local(last.min(edge).sub(first));
  return { from: f.local(first.max(0)), to: f.local(last.min(length)), padded };
}

/** Visits the windows of a plane in order. */
function forWindows(f: FunctionBuilder, p: Words, visit: (rows: Span, columns: Span) => void): void {
  f.forRange(0, p.outHeight, (y) => {
    const rows = span(f, y, [p.kernelY, p.strideY, p.padY, p.height]);
    f.forRange(0, p.outWidth, (x) => visit(rows, span(f, x, [p.kernelX, p.strideX, p.padX, p.width])));
  });
}

/** Visits the elements of a window by their position in the plane. */
function forElements(f: FunctionBuilder, rows: Span, columns: Span, width: Int, visit: (position: Int) => void): void {
  f.forRange(rows.from, rows.to, (row) => {
    const start = f.local(row.mul(width));
    f.forRange(start.add(columns.from), start.add(columns.to), visit);
  });
}

const maxKernel: Kernel = kernel(
  "maxPool2d",
  { ...sizes, ...windowParams, input: ptr, output: ptr, indices: ptr },
  (f, p, { start, end }) => {
    f.forRange(start, end, (plane) => {
      const input = f.local(p.input.at(plane.mul(p.height).mul(p.width)));
      const first = f.local(plane.mul(p.outHeight).mul(p.outWidth));
      const [output, indices] = [p.output, p.indices].map((array) => f.local(array.at(first)));
      forWindows(f, p, (rows, columns) => {
        const best = f.local(f32.of(Number.NEGATIVE_INFINITY));
        const position = f.local(rows.from.mul(p.width).add(columns.from));
        best.set(input.at(position).load());
        forElements(f, rows, columns, p.width, (at) => {
          const value = f.local(input.at(at).load());
          const isFirstNaN = value.ne(value).and(best.eq(best));
          f.if(value.gt(best).or(isFirstNaN), () => {
            best.set(value);
            position.set(at);
          });
        });
        f.store(output, best);
        f.store(indices, position);
        output.advance(1);
        indices.advance(1);
      });
    });
  },
);

const maxGradKernel: Kernel = kernel(
  "maxPool2dGrad",
  { plane: i32, outPlane: i32, grad: ptr, indices: ptr, output: ptr },
  (f, p, { start, end }) => {
    f.forRange(start, end, (plane) => {
      const output = f.local(p.output.at(plane.mul(p.plane)));
      f.zeroBytes(output, p.plane.shl(2));
      const first = f.local(plane.mul(p.outPlane));
      const [grad, indices] = [p.grad, p.indices].map((array) => f.local(array.at(first)));
      f.times(p.outPlane, () => {
        const to = f.local(output.at(indices.loadInt()));
        f.store(to, to.load().add(grad.load()));
        grad.advance(1);
        indices.advance(1);
      });
    });
  },
);

const avgParams = { ...sizes, ...windowParams, exclusive: i32, grad: ptr, plane: ptr } as const;

/** Elements that a window's sum is divided by. */
function counted(exclusive: Int, rows: Span, columns: Span): Int {
  const inside = rows.to.sub(rows.from).mul(columns.to.sub(columns.from));
  return exclusive.select(inside, rows.padded.mul(columns.padded));
}

const avgKernel: Kernel = kernel("avgPool2d", avgParams, (f, p, { start, end }) => {
  f.forRange(start, end, (plane) => {
    const input = f.local(p.plane.at(plane.mul(p.height).mul(p.width)));
    const output = f.local(p.grad.at(plane.mul(p.outHeight).mul(p.outWidth)));
    forWindows(f, p, (rows, columns) => {
      const sum = f.local(f32.of(0));
      forElements(f, rows, columns, p.width, (at) => sum.set(sum.add(input.at(at).load())));
      f.store(output, sum.div(counted(p.exclusive, rows, columns).toFloat()));
      output.advance(1);
    });
  });
});

const avgGradKernel: Kernel = kernel("avgPool2dGrad", avgParams, (f, p, { start, end }) => {
  f.forRange(start, end, (plane) => {
    const output = f.local(p.plane.at(plane.mul(p.height).mul(p.width)));
    const grad = f.local(p.grad.at(plane.mul(p.outHeight).mul(p.outWidth)));
    f.zeroBytes(output, p.height.mul(p.width).shl(2));
    forWindows(f, p, (rows, columns) => {
      const share = f.local(grad.load().div(counted(p.exclusive, rows, columns).toFloat()));
      forElements(f, rows, columns, p.width, (at) => {
        const to = f.local(output.at(at));
        f.store(to, to.load().add(share));
      });
      grad.advance(1);
    });
  });
});

function sizesOf(
  input: View,
  output: View,
): { planes: number; grain: number; words: Record<keyof typeof sizes, number> } {
  const [images, channels, height, width] = input.shape;
  const [, , outHeight, outWidth] = output.shape;
  const words = { height, width, outHeight, outWidth };
  return { planes: images * channels, grain: grainOf(height * width), words };
}

function windowWords({ kernel: size, stride, padding }: Pool2dWindow): Record<keyof typeof windowParams, number> {
  const [kernelY, kernelX] = size;
  const [strideY, strideX] = stride;
  const [padY, padX] = padding;
  return { kernelY, kernelX, strideY, strideX, padY, padX };
}

/** Maximum pooling of contiguous float32. */
export function simdMaxPool2d({ input, output, indices, window }: MaxPool2dCall): void {
  const { planes, grain, words } = sizesOf(input, output);
  const addresses = { input: addressOf(input), output: addressOf(output), indices: addressOf(indices) };
  parallelFor(maxKernel, { ...words, ...windowWords(window), ...addresses }, planes, grain);
}

/** Gradient of maximum pooling of contiguous float32. */
export function simdMaxPool2dGrad({ grad, indices, output }: MaxPool2dGradCall): void {
  const { planes, grain, words } = sizesOf(output, grad);
  const lengths = { plane: words.height * words.width, outPlane: words.outHeight * words.outWidth };
  const addresses = { grad: addressOf(grad), indices: addressOf(indices), output: addressOf(output) };
  parallelFor(maxGradKernel, { ...lengths, ...addresses }, planes, grain);
}

/** Average pooling of contiguous float32. */
export function simdAvgPool2d({ input, output, window, exclusive }: AvgPool2dCall): void {
  const { planes, grain, words } = sizesOf(input, output);
  const addresses = { plane: addressOf(input), grad: addressOf(output), exclusive: Number(exclusive) };
  parallelFor(avgKernel, { ...words, ...windowWords(window), ...addresses }, planes, grain);
}

/** Gradient of average pooling of contiguous float32. */
export function simdAvgPool2dGrad({ grad, output, window, exclusive }: AvgPool2dGradCall): void {
  const { planes, grain, words } = sizesOf(output, grad);
  const addresses = { plane: addressOf(output), grad: addressOf(grad), exclusive: Number(exclusive) };
  parallelFor(avgGradKernel, { ...words, ...windowWords(window), ...addresses }, planes, grain);
}
