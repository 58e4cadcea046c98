import { heap } from "../../cpu/heap.js";
import { parallelFor } from "../../cpu/threads.js";
import { multiplyWith, simdGemm } from "../gemm/simd.js";
import { gatherMultiply } from "./gather.js";
import { type ConvShape, groupSizes, isPointwise, usefulTaps } from "./geometry.js";
import { scatterTaps, windowMultiply } from "./window.js";

/** Output = weight · patches of the input, group by group. */
export function denseConv2d(
  s: ConvShape,
  input: number,
  weight: number,
  bias: number | undefined,
  output: number,
): void {
  const { channels, outChannels, taps, plane, outPlane, weights } = groupSizes(s);
  const [rows, columns] = [usefulTaps(s, 0), usefulTaps(s, 1)];
  for (let group = 0; group < s.groups; group++) {
    const x = input + 4 * group * channels * plane;
    const w = weight + 4 * group * weights;
    const y = output + 4 * group * outChannels * outPlane;
    const b = bias && bias + 4 * group * outChannels;
    if (isPointwise(s)) {
      const left = { a: w, aRow: channels, aCol: 1, aBatch: 0 };
      const right = { b: x, bRow: plane, bCol: 1, bBatch: s.channels * plane };
      const target = { c: y, cRow: plane, cBatch: s.outChannels * plane, bias: b, biasAxis: "row" as const };
      simdGemm({ m: outChannels, n: plane, k: channels, batch: s.images, ...left, ...right, ...target });
      continue;
    }
    multiplyWith(
      gatherMultiply,
      {
        channels,
        tapsX: columns.count,
        firstY: rows.first * s.dilation[0] - s.padding[0],
        firstX: columns.first * s.dilation[1] - s.padding[1],
        stepY: s.dilation[0],
        stepX: s.dilation[1],
        scaleY: s.stride[0],
        scaleX: s.stride[1],
        divideY: 1,
        divideX: 1,
        sourceHeight: s.height,
        sourceWidth: s.width,
        targetWidth: s.outWidth,
      },
      {
        left: {
          address: w + 4 * (rows.first * s.kernelWidth + columns.first),
          batch: 0,
          row: channels * taps,
          step: taps,
          outer: rows.count,
          outerStride: s.kernelWidth,
          inner: columns.count,
          innerStride: 1,
          k: channels,
        },
        right: { address: x, batch: s.channels * plane, step: plane, direct: false },
        output: {
          m: outChannels,
          n: outPlane,
          batch: s.images,
          c: y,
          cRow: outPlane,
          cBatch: s.outChannels * outPlane,
          accumulate: false,
          bias: b,
          biasAxis: "row",
        },
      },
    );
  }
}

/** Input gradient = transposed weight · patches of the output's gradient. */
export function denseInputGrad(s: ConvShape, grad: number, weight: number, output: number): void {
  const { channels, outChannels, taps, plane, outPlane, weights } = groupSizes(s);
  const [rows, columns] = [usefulTaps(s, 0), usefulTaps(s, 1)];
  for (let group = 0; group < s.groups; group++) {
    const g = grad + 4 * group * outChannels * outPlane;
    const w = weight + 4 * group * weights;
    const x = output + 4 * group * channels * plane;
    if (isPointwise(s)) {
      const left = { a: w, aRow: 1, aCol: channels, aBatch: 0 };
      const right = { b: g, bRow: plane, bCol: 1, bBatch: s.outChannels * plane };
      const target = { c: x, cRow: plane, cBatch: s.channels * plane };
      simdGemm({ m: channels, n: plane, k: outChannels, batch: s.images, ...left, ...right, ...target });
      continue;
    }
    multiplyWith(
      gatherMultiply,
      {
        channels: outChannels,
        tapsX: columns.count,
        firstY: s.padding[0] - rows.first * s.dilation[0],
        firstX: s.padding[1] - columns.first * s.dilation[1],
        stepY: -s.dilation[0],
        stepX: -s.dilation[1],
        scaleY: 1,
        scaleX: 1,
        divideY: s.stride[0],
        divideX: s.stride[1],
        sourceHeight: s.outHeight,
        sourceWidth: s.outWidth,
        targetWidth: s.width,
      },
      {
        left: {
          address: w + 4 * (rows.first * s.kernelWidth + columns.first),
          batch: 0,
          row: taps,
          step: channels * taps,
          outer: rows.count,
          outerStride: s.kernelWidth,
          inner: columns.count,
          innerStride: 1,
          k: outChannels,
        },
        right: { address: g, batch: s.outChannels * outPlane, step: outPlane, direct: false },
        output: {
          m: channels,
          n: plane,
          batch: s.images,
          c: x,
          cRow: plane,
          cBatch: s.channels * plane,
          accumulate: false,
        },
      },
    );
  }
}

/** Weight gradient = gradient of the output · transposed patches of the input, summed over images in order. */
export function denseWeightGrad(s: ConvShape, input: number, grad: number, output: number): void {
  const { channels, outChannels, plane, outPlane, weights } = groupSizes(s);
  for (let group = 0; group < s.groups; group++) {
    const x = input + 4 * group * channels * plane;
    const g = grad + 4 * group * outChannels * outPlane;
    const w = output + 4 * group * weights;
    if (isPointwise(s)) {
      const left = { a: g, aRow: plane, aCol: 1, aSegment: s.outChannels * plane };
      const right = { b: x, bRow: 1, bCol: plane, bSegment: s.channels * plane };
      const target = { c: w, cRow: channels };
      simdGemm({ m: outChannels, n: channels, k: plane, segments: s.images, ...left, ...right, ...target });
    } else {
      tapGradients(s, x, g, w);
    }
  }
}

function tapGradients(s: ConvShape, input: number, grad: number, output: number): void {
  const { channels, outChannels, taps, plane, outPlane } = groupSizes(s);
  const [rows, columns] = [usefulTaps(s, 0), usefulTaps(s, 1)];
  const size = outChannels * channels;
  const used = rows.count * columns.count;
  const sums = heap().alloc(4 * used * size);
  try {
    multiplyWith(
      windowMultiply,
      {
        imageBytes: 4 * s.channels * plane,
        tapsX: columns.count,
        firstY: rows.first * s.dilation[0] - s.padding[0],
        firstX: columns.first * s.dilation[1] - s.padding[1],
        dilationY: s.dilation[0],
        dilationX: s.dilation[1],
        strideY: s.stride[0],
        strideX: s.stride[1],
        inputHeight: s.height,
        inputWidth: s.width,
        outWidth: s.outWidth,
        positions: outPlane,
      },
      {
        left: {
          address: grad,
          batch: 0,
          row: outPlane,
          step: 1,
          outer: 1,
          outerStride: 0,
          inner: s.images,
          innerStride: s.outChannels * outPlane,
          k: outPlane,
        },
        right: { address: input, batch: 0, step: plane, direct: false },
        output: {
          m: outChannels,
          n: channels,
          batch: used,
          c: sums,
          cRow: channels,
          cBatch: size,
          accumulate: false,
        },
      },
    );
    const places = { firstY: rows.first, firstX: columns.first, tapsX: columns.count, width: s.kernelWidth };
    parallelFor(scatterTaps, { from: sums, to: output, size, taps: used, all: taps, ...places }, size, 4096);
  } finally {
    heap().free(sums);
  }
}
