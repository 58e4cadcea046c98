import { describe, expect, it } from "vitest";
import { ShapeError } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { differences, dot, expectClose, numbers, strided } from "../testing/numbers.js";
import { tensor } from "./create.js";
import {
  type AvgPool2dOptions,
  avgPool2d,
  avgPool2dGrad,
  maxPool2d,
  maxPool2dGrad,
  pool2dOutputShape,
} from "./pool2d.js";

const square = { kernel: [2, 2], stride: [2, 2], padding: [0, 0] } as const;
const cases: { name: string; x: number[]; options: AvgPool2dOptions; output: number[] }[] = [
  { name: "2x2", x: [2, 3, 4, 6], options: square, output: [2, 3] },
  { name: "2x2, odd, rounded down", x: [1, 2, 5, 3], options: square, output: [2, 1] },
  { name: "2x2, odd, rounded up", x: [1, 2, 5, 3], options: { ...square, ceilMode: true }, output: [3, 2] },
  {
    name: "3x3 stride 2 padded",
    x: [2, 2, 6, 7],
    options: { kernel: [3, 3], stride: [2, 2], padding: [1, 1] },
    output: [3, 4],
  },
  {
    name: "3x3 padded, rounded up",
    x: [1, 1, 6, 4],
    options: { kernel: [3, 3], stride: [2, 2], padding: [1, 1], ceilMode: true },
    output: [4, 3],
  },
  {
    name: "overlapping, unequal",
    x: [1, 2, 4, 7],
    options: { kernel: [3, 2], stride: [1, 3], padding: [1, 0], exclusive: false },
    output: [4, 2],
  },
  {
    name: "stride larger than the kernel, rounded up",
    x: [1, 1, 5, 5],
    options: { kernel: [1, 1], stride: [3, 3], padding: [0, 0], ceilMode: true },
    output: [2, 2],
  },
  { name: "no images", x: [0, 2, 4, 4], options: square, output: [2, 2] },
];

/** Every window as a list of [position in the plane, value]; undefined positions are padding. */
function windows(
  x: Tensor,
  { kernel, stride, padding }: AvgPool2dOptions,
  [OH, OW]: number[],
): [number | undefined, number][][] {
  const [N, C, H, W] = x.shape;
  const data = x.dataSync();
  const result: [number | undefined, number][][] = [];
  for (let plane = 0; plane < N * C; plane++)
    for (let y = 0; y < OH; y++)
      for (let z = 0; z < OW; z++) {
        const window: [number | undefined, number][] = [];
        for (let i = 0; i < kernel[0]; i++)
          for (let j = 0; j < kernel[1]; j++) {
            const [h, w] = [y * stride[0] - padding[0] + i, z * stride[1] - padding[1] + j];
            if (h >= H + padding[0] || w >= W + padding[1]) continue;
            if (h < 0 || w < 0 || h >= H || w >= W) window.push([undefined, 0]);
            else window.push([h * W + w, data[plane * H * W + h * W + w]]);
          }
        result.push(window);
      }
  return result;
}

describe.each(cases)("pool2d: $name", ({ x: shape, options, output: size }) => {
  const x = numbers(shape, 1);
  const grad = numbers([shape[0], shape[1], ...size], 2);

  it("has the expected output shape", () => {
    expect(pool2dOutputShape(shape, options)).toEqual([shape[0], shape[1], ...size]);
  });

  it("finds the largest element and its place", () => {
    const { output, indices } = maxPool2d(strided(x), options);
    const inside = windows(x, options, size).map((w) => w.filter(([at]) => at !== undefined));
    const best = inside.map((w) => w.reduce((a, b) => (b[1] > a[1] ? b : a)));
    expectClose(
      output,
      best.map(([, value]) => value),
      0,
    );
    expectClose(
      indices,
      best.map(([at]) => at as number),
      0,
    );
  });

  it("averages", () => {
    const exclusive = options.exclusive ?? true;
    const means = windows(x, options, size).map((w) => {
      const counted = exclusive ? w.filter(([at]) => at !== undefined) : w;
      return counted.reduce((sum, [, value]) => sum + value, 0) / counted.length;
    });
    expectClose(avgPool2d(strided(x), options), means);
    expectClose(avgPool2d(numbers(shape, 1, "float32"), options), means, 1e-6);
  });

  it("has the gradients of finite differences", () => {
    const { indices } = maxPool2d(x, options);
    expectClose(
      maxPool2dGrad(strided(grad), indices, shape),
      differences((v) => dot(maxPool2d(v, options).output, grad), x),
      1e-8,
    );
    expectClose(
      avgPool2dGrad(strided(grad), shape, options),
      differences((v) => dot(avgPool2d(v, options), grad), x),
      1e-8,
    );
  });
});

describe("pool2d", () => {
  it("takes the first of equal elements, and NaN before all", () => {
    const x = tensor([1, 1, 1, 1, 0, Number.NaN, 5, Number.NaN], [1, 1, 2, 4], "float32");
    const { output, indices } = maxPool2d(x, square);
    expectClose(output, [Number.NaN, Number.NaN], 0);
    expect([...indices.dataSync()]).toEqual([5, 7]);
    expect([...maxPool2d(tensor([3, 3, 3, 3], [1, 1, 2, 2]), square).indices.dataSync()]).toEqual([0]);
  });

  it("refuses windows that do not fit", () => {
    expect(() => avgPool2d(numbers([1, 1, 1, 4], 1), square)).toThrow(/larger than the padded input.*\[1, 1, 1, 4\]/);
    expect(() => maxPool2d(numbers([1, 1, 4, 4], 1), { ...square, padding: [2, 0] })).toThrow(ShapeError);
    expect(() => maxPool2d(numbers([1, 4, 4], 1), square)).toThrow(/\[N, C, H, W\]/);
    expect(() => avgPool2dGrad(numbers([1, 1, 2, 3], 1), [1, 1, 4, 4], square)).toThrow(/\[1, 1, 2, 2\]/);
  });
});
