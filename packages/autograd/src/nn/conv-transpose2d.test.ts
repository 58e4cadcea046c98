import { assign, ShapeError, tensor, zeros } from "@retort/tensor";
import { expect, test } from "vitest";
import { assertClose, type Grid, grid, randomGrid, toTensor } from "../testing/index.js";
import { ConvTranspose2d } from "./conv-transpose2d.js";

/** Each element of x spread over a square of its own place, by plain loops. */
function spread(x: Grid, weight: Grid, bias: Grid, [stride, padding]: readonly [number, number]): Grid {
  const [samples, inputs, height, width] = x.shape;
  const [, outputs, kernel] = weight.shape;
  const length = (from: number): number => (from - 1) * stride - 2 * padding + kernel;
  return grid([samples, outputs, length(height), length(width)], (n, o, row, column) => {
    let sum = bias.at(o);
    grid([inputs, height, width, kernel, kernel], (c, y, z, i, j) => {
      const here = y * stride - padding + i === row && z * stride - padding + j === column;
      if (here) sum += x.at(n, c, y, z) * weight.at(c, o, i, j);
      return 0;
    });
    return sum;
  });
}

test.each([
  ["2 by 2 without overlap", 2, 2, 0],
  ["3 by 3 with overlap", 3, 2, 1],
  ["1 by 1", 1, 1, 0],
] as const)("%s", (_name, kernel, stride, padding) => {
  const [x, weight, bias] = [[2, 3, 2, 4], [3, 4, kernel, kernel], [4]].map((shape, seed) =>
    randomGrid(shape, { seed }),
  );
  const layer = new ConvTranspose2d(3, 4, { kernel, stride, padding });
  expect([...layer.stateDict()].map(([key, { shape }]) => [key, [...shape]])).toEqual([
    ["weight", [3, 4, kernel, kernel]],
    ["bias", [4]],
  ]);
  layer.loadStateDict(
    new Map(Object.entries({ weight: toTensor(weight, "float32"), bias: toTensor(bias, "float32") })),
  );
  const found = layer.forward(toTensor(x, "float32")).value;
  assertClose(found, spread(x, weight, bias, [stride, padding]), 1e-5, "the map");
});

test("the bias can be left out", () => {
  const layer = new ConvTranspose2d(1, 2, { kernel: 2, stride: 2, bias: false });
  assign(layer.weight.value, tensor([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2]));
  expect(layer.bias).toBeUndefined();
  expect([...layer.forward(tensor([10], [1, 1, 1, 1])).value.dataSync()]).toEqual([10, 20, 30, 40, 50, 60, 70, 80]);
});

test("other channels are refused", () => {
  const layer = new ConvTranspose2d(3, 4, { kernel: 2, stride: 2 });
  expect(() => layer.forward(zeros([1, 2, 4, 4]))).toThrow(ShapeError);
  expect(() => layer.forward(zeros([3, 4, 4]))).toThrow(ShapeError);
});
