import { ShapeError, zeros } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { type Grid, grid, gridOf, type OpSample, opChecks, randomGrid } from "../testing/index.js";
import { type ConvolutionOptions, conv2d, convTranspose2d, pair } from "./conv2d.js";

/** Calls `visit` for every product of a convolution: positions in the output, in the input, in the weight. */
function everyProduct(
  [n, , h, w]: readonly number[],
  [, perGroup, kh, kw]: readonly number[],
  [, o, oh, ow]: readonly number[],
  { stride = 1, padding = 0, dilation = 1, groups = 1 }: ConvolutionOptions,
  visit: (out: number[], input: number[], weight: number[]) => void,
): void {
  const [s, p, d] = [pair(stride), pair(padding), pair(dilation)];
  grid([n, o, oh, ow, perGroup, kh, kw], (b, oc, y, x, c, i, j) => {
    const [row, column] = [y * s[0] - p[0] + i * d[0], x * s[1] - p[1] + j * d[1]];
    const channel = Math.floor(oc / (o / groups)) * perGroup + c;
    if (row >= 0 && row < h && column >= 0 && column < w)
      visit([b, oc, y, x], [b, channel, row, column], [oc, c, i, j]);
    return 0;
  });
}

const at = (shape: readonly number[], index: number[]): number =>
  index.reduce((sum, i, axis) => sum * shape[axis] + i, 0);

function convolved(shape: number[], options: ConvolutionOptions): (x: Grid, weight: Grid, bias?: Grid) => Grid {
  return (x, weight, bias) => {
    const out = grid(shape, (_, o) => bias?.at(o) ?? 0);
    everyProduct(x.shape, weight.shape, shape, options, (to, from, w) => {
      out.values[at(shape, to)] += x.at(...from) * weight.at(...w);
    });
    return out;
  };
}

/** The transpose: what `conv2d` reads is written, what it writes is read. */
function spread(shape: number[], options: ConvolutionOptions): (x: Grid, weight: Grid) => Grid {
  return (x, weight) => {
    const out = grid(shape, () => 0);
    everyProduct(shape, weight.shape, x.shape, options, (to, from, w) => {
      out.values[at(shape, from)] += x.at(...to) * weight.at(...w);
    });
    return out;
  };
}

const cases: [string, x: number[], weight: number[], output: number[], ConvolutionOptions][] = [
  ["3x3 with padding", [2, 2, 4, 5], [3, 2, 3, 3], [2, 3, 4, 5], { padding: 1 }],
  ["uneven stride and padding", [1, 2, 5, 6], [2, 2, 3, 2], [1, 2, 3, 7], { stride: [2, 1], padding: [1, 1] }],
  ["dilated", [1, 1, 6, 6], [2, 1, 2, 3], [1, 2, 4, 2], { dilation: 2 }],
  ["in groups", [1, 4, 3, 3], [6, 2, 2, 2], [1, 6, 2, 2], { groups: 2 }],
  ["depthwise 3x3", [2, 3, 4, 4], [3, 1, 3, 3], [2, 3, 2, 2], { groups: 3, stride: 2, padding: 1 }],
  ["1x1", [2, 3, 2, 3], [4, 3, 1, 1], [2, 4, 2, 3], {}],
  ["map of height 1", [1, 2, 1, 5], [2, 2, 3, 3], [1, 2, 1, 5], { padding: 1 }],
];

const samples: OpSample[] = cases.flatMap(([name, x, weight, output, options]) => [
  {
    name: `conv2d ${name}`,
    call: (a, w, bias) => conv2d(a, w, options, bias),
    inputs: [randomGrid(x), randomGrid(weight, { seed: 2 }), randomGrid([weight[0]], { seed: 3 })],
    expected: convolved(output, options),
  },
  {
    name: `convTranspose2d ${name}`,
    call: (a, w) => convTranspose2d(a, w, x, options),
    inputs: [randomGrid(output), randomGrid(weight, { seed: 2 })],
    expected: spread(x, options),
  },
]);

describe("conv2d", () => {
  it.each(opChecks(samples))("$name", ({ run }) => run());

  it.each(
    opChecks([
      {
        name: "no samples",
        call: (x, w) => conv2d(x, w),
        inputs: [gridOf([], [0, 1, 3, 3]), randomGrid([2, 1, 2, 2])],
        expected: () => gridOf([], [0, 2, 2, 2]),
      },
    ]),
  )("$name", ({ run }) => run());

  it("names shapes that do not fit", () => {
    expect(() => conv2d(zeros([1, 3, 4, 4]), zeros([2, 2, 3, 3]))).toThrow(
      "conv2d needs C = groups x weight.shape[1] and O a multiple of groups, found input [1, 3, 4, 4], weight [2, 2, 3, 3]",
    );
    expect(() => conv2d(zeros([1, 2, 2, 2]), zeros([2, 2, 3, 3]))).toThrow(
      "the kernel is larger than the padded input",
    );
    expect(() => conv2d(zeros([1, 2, 4, 4]), zeros([2, 2, 3, 3]), {}, zeros([3]))).toThrow(ShapeError);
    expect(() => convTranspose2d(zeros([1, 2, 2, 2]), zeros([2, 2, 3, 3]), [1, 2, 9, 9])).toThrow(ShapeError);
  });
});
