import type { Conv2dOptions } from "./call.js";

/** Sizes of a 2-d convolution of contiguous [N, C, H, W] with [O, C / groups, kh, kw]. */
export interface ConvShape extends Conv2dOptions {
  readonly images: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly outChannels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

/** The taps of a kernel, along one axis, that meet more than padding. */
export interface Taps {
  readonly first: number;
  readonly count: number;
}

/** The taps of an axis that ever read inside of the input: on a map of height 1, one row of a 3x3 kernel. */
export function usefulTaps(s: ConvShape, axis: 0 | 1): Taps {
  const size = axis === 0 ? s.height : s.width;
  const out = axis === 0 ? s.outHeight : s.outWidth;
  const taps = axis === 0 ? s.kernelHeight : s.kernelWidth;
  const [stride, padding, dilation] = [s.stride[axis], s.padding[axis], s.dilation[axis]];
  const useful = (tap: number): boolean => {
    const shift = padding - tap * dilation;
    const from = Math.max(0, Math.ceil(shift / stride));
    return from < out && from * stride - shift < size;
  };
  let [first, end] = [0, taps];
  while (first < end && !useful(first)) first++;
  while (end > first && !useful(end - 1)) end--;
  return { first, count: end - first };
}

/** Sizes of one group, in elements. */
export function groupSizes(s: ConvShape): {
  readonly channels: number;
  readonly outChannels: number;
  readonly taps: number;
  readonly plane: number;
  readonly outPlane: number;
  readonly weights: number;
} {
  const channels = s.channels / s.groups;
  const outChannels = s.outChannels / s.groups;
  const taps = s.kernelHeight * s.kernelWidth;
  const plane = s.height * s.width;
  const outPlane = s.outHeight * s.outWidth;
  return { channels, outChannels, taps, plane, outPlane, weights: outChannels * channels * taps };
}

/** True for kernels of one tap that reads each input once: a matrix product over channels. */
export function isPointwise(s: ConvShape): boolean {
  const one = s.kernelHeight === 1 && s.kernelWidth === 1 && s.stride[0] === 1 && s.stride[1] === 1;
  return one && s.padding[0] === 0 && s.padding[1] === 0;
}

/** True when every output channel reads one input channel. */
export function isDepthwise(s: ConvShape): boolean {
  return s.groups === s.channels && s.groups > 1;
}
