import { contiguousElements } from "../../cpu/buffer.js";
import type { TypedArray } from "../../dtype.js";
import type { Shape } from "../../shape.js";
import type { Conv2dCall, Conv2dInputGradCall, Conv2dOptions, Conv2dWeightGradCall } from "./call.js";

/** Where a plane of the input, a plane of the output and a kernel of the weight meet. */
interface Planes {
  readonly input: Shape;
  readonly weight: Shape;
  readonly output: Shape;
  readonly options: Conv2dOptions;
}

/** Output positions `from` to `to` (exclusive) that tap `k` of the kernel connects to the inside of the input. */
function inside(axis: 0 | 1, k: number, { input, output, options }: Planes): [number, number] {
  const shift = options.padding[axis] - k * options.dilation[axis];
  const stride = options.stride[axis];
  const from = Math.max(0, Math.ceil(shift / stride));
  const to = Math.min(output[2 + axis], Math.floor((input[2 + axis] - 1 + shift) / stride) + 1);
  return [from, Math.max(from, to)];
}

/**
 * Calls `run(tap, input, output, count)` for every row of output positions that a tap reads: the row's first positions
 * within the input plane and the output plane, and its length. Input positions advance by the horizontal stride.
 */
function forEachRow(planes: Planes, run: (tap: number, input: number, output: number, count: number) => void): void {
  const { input, weight, output, options } = planes;
  const [, , kh, kw] = weight;
  for (let ky = 0; ky < kh; ky++) {
    const [top, bottom] = inside(0, ky, planes);
    for (let kx = 0; kx < kw; kx++) {
      const [left, right] = inside(1, kx, planes);
      for (let y = top; y < bottom; y++) {
        const row = y * options.stride[0] - options.padding[0] + ky * options.dilation[0];
        const column = left * options.stride[1] - options.padding[1] + kx * options.dilation[1];
        run(ky * kw + kx, row * input[3] + column, y * output[3] + left, right - left);
      }
    }
  }
}

/** Calls `visit(n, o, c, kernel)` for every image, output channel and input channel that meet, with the kernel's index. */
function forEachPair(
  { input, weight, output, options }: Planes,
  visit: (n: number, o: number, c: number, kernel: number) => void,
): void {
  const perGroup = weight[1];
  const outPerGroup = output[1] / options.groups;
  for (let n = 0; n < input[0]; n++) {
    for (let o = 0; o < output[1]; o++) {
      const first = Math.floor(o / outPerGroup) * perGroup;
      for (let c = 0; c < perGroup; c++) visit(n, o, first + c, o * perGroup + c);
    }
  }
}

const sums = (array: TypedArray): Float64Array => new Float64Array(array.length);

/** Convolution as nested loops, summed in float64. */
export function plainConv2d({ input, weight, bias, output, options }: Conv2dCall): void {
  const planes = { input: input.shape, weight: weight.shape, output: output.shape, options };
  const [x, w, y] = [contiguousElements(input), contiguousElements(weight), contiguousElements(output)];
  const added = bias && contiguousElements(bias);
  const [, channels, height, width] = input.shape;
  const [, outChannels, outHeight, outWidth] = output.shape;
  const taps = weight.shape[2] * weight.shape[3];
  const total = sums(y);
  if (added)
    for (let i = 0; i < total.length; i++) total[i] = added[Math.floor(i / (outHeight * outWidth)) % outChannels];
  forEachPair(planes, (n, o, c, kernel) => {
    const inPlane = (n * channels + c) * height * width;
    const outPlane = (n * outChannels + o) * outHeight * outWidth;
    forEachRow(planes, (tap, from, to, count) => {
      const factor = w[kernel * taps + tap];
      for (let i = 0; i < count; i++) total[outPlane + to + i] += factor * x[inPlane + from + i * options.stride[1]];
    });
  });
  y.set(total);
}

/** Gradient of the input as nested loops, summed in float64. */
export function plainConv2dInputGrad({ grad, weight, output, options }: Conv2dInputGradCall): void {
  const planes = { input: output.shape, weight: weight.shape, output: grad.shape, options };
  const [g, w, result] = [contiguousElements(grad), contiguousElements(weight), contiguousElements(output)];
  const [, channels, height, width] = output.shape;
  const [, outChannels, outHeight, outWidth] = grad.shape;
  const taps = weight.shape[2] * weight.shape[3];
  const total = sums(result);
  forEachPair(planes, (n, o, c, kernel) => {
    const inPlane = (n * channels + c) * height * width;
    const outPlane = (n * outChannels + o) * outHeight * outWidth;
    forEachRow(planes, (tap, from, to, count) => {
      const factor = w[kernel * taps + tap];
      for (let i = 0; i < count; i++) total[inPlane + from + i * options.stride[1]] += factor * g[outPlane + to + i];
    });
  });
  result.set(total);
}

/** Gradient of the weight as nested loops, summed in float64. */
export function plainConv2dWeightGrad({ input, grad, output, options }: Conv2dWeightGradCall): void {
  const planes = { input: input.shape, weight: output.shape, output: grad.shape, options };
  const [x, g, result] = [contiguousElements(input), contiguousElements(grad), contiguousElements(output)];
  const [, channels, height, width] = input.shape;
  const [, outChannels, outHeight, outWidth] = grad.shape;
  const taps = output.shape[2] * output.shape[3];
  const total = sums(result);
  forEachPair(planes, (n, o, c, kernel) => {
    const inPlane = (n * channels + c) * height * width;
    const outPlane = (n * outChannels + o) * outHeight * outWidth;
    forEachRow(planes, (tap, from, to, count) => {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += x[inPlane + from + i * options.stride[1]] * g[outPlane + to + i];
      total[kernel * taps + tap] += sum;
    });
  });
  result.set(total);
}
