import { conv2d } from "@retort/autograd";
import { assertClose, type Grid, grid, gridOf, randomGrid, toTensor } from "@retort/autograd/testing";
import { expect, test } from "vitest";
import { fuseBranches } from "./fuse-branches.js";

const tensorOf = (x: Grid) => toTensor(x, "float32");

/** A convolution with stride 1 that keeps the size, by plain loops; `groups` share nothing. */
function convolved(x: Grid, weight: Grid, groups: number): Grid {
  const [batch, , height, width] = x.shape;
  const [outputs, inputs, size] = weight.shape;
  const margin = (size - 1) / 2;
  return grid([batch, outputs, height, width], (n, o, y, z) => {
    const first = Math.floor(o / (outputs / groups)) * inputs;
    let sum = 0;
    for (let c = 0; c < inputs; c++) {
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) {
          const [row, column] = [y + i - margin, z + j - margin];
          if (row < 0 || row >= height || column < 0 || column >= width) continue;
          sum += weight.at(o, c, i, j) * x.at(n, first + c, row, column);
        }
      }
    }
    return sum;
  });
}

test.each([
  ["depthwise", 4, 5],
  ["in two groups", 2, 3],
  ["over all channels", 1, 1],
] as const)("branches of a convolution %s become one", (_name, groups, size) => {
  const channels = 4;
  const x = randomGrid([2, channels, 3, 6]);
  const inputs = channels / groups;
  const large = randomGrid([channels, inputs, size, size], { seed: 2 });
  const small = randomGrid([channels, inputs, 1, 1], { seed: 3 });
  const [scales, shifts] = [4, 5].map((seed) => randomGrid([3, channels], { seed }));
  const parts = [convolved(x, large, groups), convolved(x, small, groups), x];
  const expected = grid(x.shape, (n, c, y, z) =>
    parts.reduce((sum, part, i) => sum + scales.at(i, c) * part.at(n, c, y, z) + shifts.at(i, c), 0),
  );
  const row = (list: Grid, i: number) => tensorOf(gridOf(list.values.slice(channels * i, channels * (i + 1))));
  const branches = [tensorOf(large), tensorOf(small), undefined].map((weight, i) => ({
    weight,
    scale: row(scales, i),
    shift: row(shifts, i),
  }));
  const { weight, bias } = fuseBranches(branches, large.shape);
  expect(weight.shape).toEqual(large.shape);
  const found = conv2d(tensorOf(x), weight, { padding: (size - 1) / 2, groups }, bias).value;
  assertClose(found, expected, 1e-5, "the sum of the branches");
});
