import { describe, expect, it } from "vitest";
import { DTypeError, ShapeError } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { differences, dot, expectClose, numbers, strided } from "../testing/numbers.js";
import { type Conv2dOptions, conv2d, conv2dInputGrad, conv2dOutputShape, conv2dWeightGrad } from "./conv2d.js";

const plain: Conv2dOptions = { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1 };

interface Case {
  readonly name: string;
  readonly x: number[];
  readonly weight: number[];
  readonly options: Conv2dOptions;
}
const cases: Case[] = [
  { name: "1x1", x: [2, 3, 4, 5], weight: [2, 3, 1, 1], options: plain },
  { name: "3x3 padded", x: [2, 2, 5, 4], weight: [3, 2, 3, 3], options: { ...plain, padding: [1, 1] } },
  {
    name: "strides that differ",
    x: [1, 2, 7, 6],
    weight: [2, 2, 3, 3],
    options: { ...plain, stride: [2, 1], padding: [1, 1] },
  },
  { name: "depthwise", x: [2, 4, 5, 5], weight: [4, 1, 3, 3], options: { ...plain, padding: [1, 1], groups: 4 } },
  {
    name: "two groups, dilated",
    x: [1, 4, 6, 7],
    weight: [6, 2, 2, 3],
    options: { ...plain, dilation: [2, 3], padding: [0, 3], groups: 2 },
  },
  { name: "height 1 with a 3x3 kernel", x: [2, 2, 1, 6], weight: [2, 2, 3, 3], options: { ...plain, padding: [1, 1] } },
  { name: "no images", x: [0, 2, 3, 3], weight: [2, 2, 2, 2], options: plain },
];

/** The definition, element by element: zero outside of the input. */
function bruteForce(
  x: Tensor,
  w: Tensor,
  { stride, padding, dilation, groups }: Conv2dOptions,
  bias?: Tensor,
): number[] {
  const [xs, ws, bs] = [x.dataSync(), w.dataSync(), bias?.dataSync()];
  const [N, C, H, W] = x.shape;
  const [O, part, kh, kw] = w.shape;
  const OH = Math.floor((H + 2 * padding[0] - (kh - 1) * dilation[0] - 1) / stride[0]) + 1;
  const OW = Math.floor((W + 2 * padding[1] - (kw - 1) * dilation[1] - 1) / stride[1]) + 1;
  const at = (n: number, c: number, h: number, v: number) =>
    h < 0 || h >= H || v < 0 || v >= W ? 0 : xs[((n * C + c) * H + h) * W + v];
  const result: number[] = [];
  for (let n = 0; n < N; n++)
    for (let o = 0; o < O; o++)
      for (let y = 0; y < OH; y++)
        for (let z = 0; z < OW; z++) {
          let sum = bs ? bs[o] : 0;
          for (let c = 0; c < part; c++)
            for (let i = 0; i < kh; i++)
              for (let j = 0; j < kw; j++) {
                const channel = Math.floor(o / (O / groups)) * part + c;
                const value = at(
                  n,
                  channel,
                  y * stride[0] - padding[0] + i * dilation[0],
                  z * stride[1] - padding[1] + j * dilation[1],
                );
                sum += value * ws[((o * part + c) * kh + i) * kw + j];
              }
          result.push(sum);
        }
  return result;
}

describe.each(cases)("conv2d: $name", ({ x: xShape, weight: wShape, options }) => {
  const [x, weight, bias] = [numbers(xShape, 1), numbers(wShape, 2), numbers([wShape[0]], 3)];
  const grad = numbers(conv2dOutputShape(xShape, wShape, options), 4);

  it("follows the definition", () => {
    expectClose(conv2d(x, weight, options, bias), bruteForce(x, weight, options, bias));
    expectClose(conv2d(strided(x), strided(weight), options), bruteForce(x, weight, options));
  });

  it("has the gradients of finite differences", () => {
    expectClose(
      conv2dInputGrad(strided(grad), weight, xShape, options),
      differences((v) => dot(conv2d(v, weight, options), grad), x),
      1e-8,
    );
    expectClose(
      conv2dWeightGrad(x, grad, wShape, options),
      differences((v) => dot(conv2d(x, v, options), grad), weight),
      1e-8,
    );
  });

  it("computes in float32", () => {
    const [x32, w32, b32] = [
      numbers(xShape, 1, "float32"),
      numbers(wShape, 2, "float32"),
      numbers([wShape[0]], 3, "float32"),
    ];
    expectClose(conv2d(x32, w32, options, b32), bruteForce(x32, w32, options, b32), 1e-5);
  });
});

describe("conv2d refuses", () => {
  const [x, weight] = [numbers([1, 4, 3, 3], 1), numbers([2, 4, 3, 3], 2)];

  it("channels that do not fit, naming the shapes", () => {
    expect(() => conv2d(x, numbers([2, 3, 3, 3], 2), plain)).toThrow(/\[1, 4, 3, 3\].*\[2, 3, 3, 3\].*groups 1/);
    expect(() => conv2d(x, weight, { ...plain, groups: 2 })).toThrow(ShapeError);
  });

  it("a kernel larger than the input", () => {
    expect(() => conv2d(x, numbers([2, 4, 4, 3], 2), plain)).toThrow(/larger than the padded input/);
  });

  it("a stride of 0, another dtype, a wrong bias, a wrong gradient", () => {
    expect(() => conv2d(x, weight, { ...plain, stride: [0, 1] })).toThrow(ShapeError);
    expect(() => conv2d(x, numbers([2, 4, 3, 3], 2, "float32"), plain)).toThrow(DTypeError);
    expect(() => conv2d(x, weight, plain, numbers([3], 1))).toThrow(/bias of shape \[2\]/);
    expect(() => conv2dInputGrad(numbers([1, 2, 2, 1], 1), weight, x.shape, plain)).toThrow(/\[1, 2, 1, 1\]/);
  });
});
