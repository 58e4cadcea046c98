import { conv2d } from "@retort/autograd";
import { assertClose, type Grid, grid, gridOf, randomGrid, toTensor } from "@retort/autograd/testing";
import { expect, test } from "vitest";
import { convolved } from "../../testing/convolved.js";
import { fuseBranches } from "./fuse-branches.js";

const tensorOf = (x: Grid) => toTensor(x, "float32");

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
  const parts = [convolved(x, large, { groups }), convolved(x, small, { groups }), x];
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
