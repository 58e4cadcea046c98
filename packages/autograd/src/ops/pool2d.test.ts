import { ShapeError, zeros } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { type Grid, grid, gridOf, type OpSample, opChecks, randomGrid } from "../testing/index.js";
import { pair } from "./conv2d.js";
import { avgPool2d, maxPool2d, type PoolOptions } from "./pool2d.js";

/** The elements of a window that lie inside of the map, and how many lie in the padded map. */
function windowOf(x: Grid, options: PoolOptions, [n, c, oy, ox]: number[]): { inside: number[]; padded: number } {
  const [kernel, stride, padding] = [
    pair(options.kernel),
    pair(options.stride ?? options.kernel),
    pair(options.padding ?? 0),
  ];
  const [, , h, w] = x.shape;
  const inside: number[] = [];
  let padded = 0;
  for (let i = 0; i < kernel[0]; i++) {
    for (let j = 0; j < kernel[1]; j++) {
      const [y, z] = [oy * stride[0] - padding[0] + i, ox * stride[1] - padding[1] + j];
      if (y < h + padding[0] && z < w + padding[1]) padded++;
      if (y >= 0 && y < h && z >= 0 && z < w) inside.push(x.at(n, c, y, z));
    }
  }
  return { inside, padded };
}

const cases: [string, input: number[], output: number[], PoolOptions][] = [
  ["2x2", [2, 2, 4, 6], [2, 2, 2, 3], { kernel: 2 }],
  ["3x3 overlapping with padding", [1, 2, 5, 4], [1, 2, 3, 2], { kernel: 3, stride: 2, padding: 1 }],
  ["uneven", [1, 1, 4, 5], [1, 1, 2, 5], { kernel: [2, 1], stride: [2, 1] }],
  ["rounded up", [1, 1, 5, 5], [1, 1, 3, 3], { kernel: 2, ceilMode: true }],
];

const average = (list: number[], count: number): number => list.reduce((a, b) => a + b, 0) / count;

const samples: OpSample[] = cases.flatMap(([name, input, output, options]) => [
  {
    name: `maxPool2d ${name}`,
    call: (x) => maxPool2d(x, options),
    inputs: [randomGrid(input, { low: -9, high: -1 })],
    expected: (x) => grid(output, (...index) => Math.max(...windowOf(x, options, index).inside)),
  },
  {
    name: `avgPool2d ${name}`,
    call: (x) => avgPool2d(x, options),
    inputs: [randomGrid(input)],
    expected: (x) =>
      grid(output, (...index) => {
        const { inside } = windowOf(x, options, index);
        return average(inside, inside.length);
      }),
  },
  {
    name: `avgPool2d ${name}, counting padding`,
    call: (x) => avgPool2d(x, { ...options, exclusive: false }),
    inputs: [randomGrid(input)],
    expected: (x) =>
      grid(output, (...index) => {
        const { inside, padded } = windowOf(x, options, index);
        return average(inside, padded);
      }),
  },
]);

describe("pool2d", () => {
  it.each(opChecks(samples))("$name", ({ run }) => run());

  it.each(
    opChecks([
      {
        name: "no samples",
        call: (x) => maxPool2d(x, { kernel: 2 }),
        inputs: [gridOf([], [0, 1, 2, 2])],
        expected: () => gridOf([], [0, 1, 1, 1]),
      },
    ]),
  )("$name", ({ run }) => run());

  it("refuses a window that is larger than the map", () => {
    expect(() => maxPool2d(zeros([1, 1, 2, 2]), { kernel: 3 })).toThrow("the window is larger than the padded input");
    expect(() => avgPool2d(zeros([1, 2, 2]), { kernel: 1 })).toThrow(ShapeError);
  });
});
